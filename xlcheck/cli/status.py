"""A line on a terminal that says what is waited for, once that takes longer than a moment."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

MOMENT = 1.0
_STEP = 0.2
_TURNS = "|/-\\"


@contextmanager
def status(what: str, *, show: bool = True) -> Iterator[None]:
    """Inside, say what is done and for how many seconds; it is gone before anything else is printed.

    Args:
        what: `checking mine.xlsx`.
        show: False for saying nothing; nothing is said in a pipe anyway.
    """
    if not (show and sys.stderr.isatty()):
        yield
        return
    over = threading.Event()
    line = threading.Thread(target=_say, args=(what, over), daemon=True)
    line.start()
    try:
        yield
    finally:
        over.set()
        line.join()


def _say(what: str, over: threading.Event) -> None:
    started = monotonic()
    if over.wait(MOMENT):
        return
    said, turn = "", 0
    while not over.wait(_STEP):
        width = shutil.get_terminal_size().columns - 1
        after = f" {monotonic() - started:.0f} s"
        shown = f"{_TURNS[turn % len(_TURNS)]} {what}"[: max(0, width - len(after))] + after
        sys.stderr.write("\r" + shown.ljust(len(said)))
        sys.stderr.flush()
        said, turn = shown, turn + 1
    sys.stderr.write("\r" + " " * len(said) + "\r")
    sys.stderr.flush()
