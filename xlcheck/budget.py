"""How long one command, or one call, may take in all, and what it was doing when that time was up.

A hostile or very large file can make each of many steps slow without any of them being too slow by itself. So
whoever waits for another process, or goes round a long loop, asks here how much time is left. Where the
command line may use the clock's signal, what asks nobody is ended, too.
"""

from __future__ import annotations

import contextlib
import math
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import Any, ParamSpec, TypeVar

from xlcheck.errors import OutOfTimeError, UsageError
from xlcheck.interrupts import raise_if_ended

P = ParamSpec("P")
T = TypeVar("T")

SECONDS = 300.0
SECONDS_PER_MEGABYTE = 10.0
"""By default, for one workbook: far more than any takes that was met, on a busy machine too."""


class Budget:
    """The time of one command or call.

    Attributes:
        doing: what is being done now, as in `while … `.
        around: the budget of which it is a part.
    """

    def __init__(self, seconds: float, around: Budget | None = None) -> None:
        self.seconds = seconds
        self.doing = "starting"
        self.around = around
        self._end = monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds until the time is up; never negative."""
        return max(0.0, self._end - monotonic())

    def error(self) -> OutOfTimeError:
        """That the time is up, in a sentence."""
        return OutOfTimeError(
            f"stopped after {self.seconds:g} s while {self.doing}, before there was a result; allow more time with "
            "--budget SECONDS"
        )


class _TimeUp(BaseException):
    """The time is up, wherever the command is; nothing that handles errors handles this."""


_budget: ContextVar[Budget | None] = ContextVar("budget", default=None)


@contextmanager
def budget(seconds: float, *, by_signal: bool = False) -> Iterator[Budget]:
    """Allow what is inside so many seconds; never more than are left around it.

    Args:
        seconds: how many.
        by_signal: end also what does not ask `time_left`, if this is the main thread of a system with such a clock.
            A library leaves the clock of the program that uses it alone.

    Raises:
        OutOfTimeError: they are up.
    """
    around = _budget.get()
    own = Budget(seconds if around is None else min(seconds, around.left), around)
    if around is not None and own.seconds < seconds:
        own.seconds = around.seconds
    token = _budget.set(own)
    try:
        with _alarm(own.left if by_signal else math.inf):
            yield own
    except _TimeUp:
        raise own.error() from None
    finally:
        _budget.reset(token)


def within_budget(function: Callable[P, T]) -> Callable[P, T]:
    """Allow each call of a function the seconds of its option `budget`; by default those of the file it is called with.

    Raises:
        UsageError: the option is no positive number.
        OutOfTimeError: the time is up.
    """

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        seconds = kwargs.get("budget")
        if seconds is None:
            seconds = default_seconds(str(args[0] if args else kwargs.get("path")))
        with budget(positive(seconds)):
            return function(*args, **kwargs)

    return call


def positive(seconds: Any, what: str = "a budget") -> float:
    """A time that somebody asked for.

    Raises:
        UsageError: it is no positive number.
    """
    if not isinstance(seconds, int | float) or not seconds > 0:
        raise UsageError(f"{what} is a positive number of seconds, not {seconds!r}")
    return float(seconds)


def default_seconds(path: str | Path) -> float:
    """What a workbook is allowed by default."""
    try:
        size = os.stat(path).st_size  # noqa: PTH116 - of a path or a string
    except (OSError, ValueError):
        size = 0
    return SECONDS + SECONDS_PER_MEGABYTE * size / 1e6


def seconds_in_all() -> float:
    """What is allowed to whoever asks, those included that are gone; infinite where nobody has set a limit."""
    own = _budget.get()
    return math.inf if own is None else own.seconds


def time_left() -> float:
    """Seconds that are left to whoever asks; infinite where nobody has set a limit.

    Raises:
        OutOfTimeError: none are.
        Ended: a signal asked this process to end, and what it raised was lost.
    """
    raise_if_ended()
    current = _budget.get()
    if current is None:
        return math.inf
    left = current.left
    if not left:
        raise current.error()
    return left


def doing(what: str) -> None:
    """Say what is done from now on: `looking for its network`."""
    current = _budget.get()
    while current is not None:
        current.doing = what
        current = current.around


def now_doing() -> Callable[[], str]:
    """What is done within the budget that holds here, whenever it is asked, in whatever thread."""
    current = _budget.get()
    return lambda: "" if current is None else current.doing


@contextmanager
def interrupted_after(seconds: float) -> Iterator[None]:
    """Interrupt this program after some seconds as Ctrl-C does, and once more if it has not ended a minute later."""
    with _clock(seconds, 60.0, lambda _signal, _frame: signal.raise_signal(signal.SIGINT)):
        yield


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise `_TimeUp` in this thread after some seconds, and again each second, should somebody swallow it."""

    def ring(_signal: int, frame: FrameType | None) -> None:
        if not _is_leaving(frame):
            raise _TimeUp

    # A moment later than those who ask are refused, for they say better what they waited for.
    with _clock(seconds + 1.0, 1.0, ring):
        yield


@contextmanager
def _clock(seconds: float, again: float, ring: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Call a function in this thread after some seconds, and again and again; where nobody else uses the clock."""
    usable = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not usable or math.isinf(seconds) or signal.getsignal(signal.SIGALRM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, again)
    try:
        yield
    finally:
        _stop_clock()


def _stop_clock() -> None:
    """Let the clock ring no more."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)


_LEAVING = {
    contextlib._GeneratorContextManager.__exit__.__code__,
    *(getattr(f, "__wrapped__", f).__code__ for f in (budget, _alarm, _clock, _stop_clock)),
}


def _is_leaving(frame: FrameType | None) -> bool:
    """Whether something is being left: what raises there skips the rest of it, and the clock would ring for ever."""
    while frame is not None and frame.f_code not in _LEAVING:
        frame = frame.f_back
    return frame is not None
