"""Ctrl-C, and the signals by which a system ends a program: each ends a command as Ctrl-C does, and cleans up."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


class Ended(BaseException):
    """A signal asked this process to end. No `KeyboardInterrupt`, of which the command line's library makes its own."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


_asked: list[int] = []


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Inside, let each of these signals raise `Ended`; one that was to be ignored, as after `nohup`, still is."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, _frame: FrameType | None) -> None:
        _asked.append(number)
        raise Ended(number)

    numbers = [getattr(signal, name) for name in _ENDING if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    usual = {signal.SIG_DFL, signal.default_int_handler}
    changed = [number for number, handler in before.items() if handler in usual]
    for number in changed:
        signal.signal(number, end)
    shown, sys.unraisablehook = sys.unraisablehook, lambda lost: None if _is_ended(lost) else shown(lost)
    try:
        yield
    finally:
        sys.unraisablehook = shown
        for number in changed:
            signal.signal(number, before[number])
        _asked.clear()


def _is_ended(lost: sys.UnraisableHookArgs) -> bool:
    """Whether a signal came in the middle of collecting garbage, where nothing can be raised; it is not forgotten."""
    return isinstance(lost.exc_value, Ended)


def ended_by() -> int | None:
    """The signal that asked this process to end, whatever became of what it raised."""
    return _asked[0] if _asked else None


def raise_if_ended() -> None:
    """End now if a signal came while something ran that swallows what is raised: compiled code, a finalizer."""
    number = ended_by()
    if number is not None and threading.current_thread() is threading.main_thread():
        raise Ended(number)
