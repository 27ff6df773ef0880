"""A line on a terminal that says what is waited for and what is done, once that takes longer than a moment."""

from __future__ import annotations

import shutil
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TextIO

import click

from xlcheck.budget import doing, now_doing
from xlcheck.shown import printable

MOMENT = 1.0
_STEP = 0.2
_TURNS = "|/-\\"


class _Line:
    """The line on stderr, which one thread writes and another may have to take away."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shown = ""

    def show(self, text: str) -> None:
        """Put a text into the line; none at all empties it."""
        with self._lock:
            text = printable(text)
            if text or self._shown:
                sys.stderr.write("\r" + text.ljust(len(self._shown)) + ("" if text else "\r"))
                sys.stderr.flush()
            self._shown = text


_LINE = _Line()


@contextmanager
def status(what: str, *, show: bool = True) -> Iterator[None]:
    """Inside, say what is done and for how many seconds; it is gone before anything else is printed.

    Args:
        what: `checking mine.xlsx`.
        show: False for saying nothing; nothing is said in a pipe anyway.
    """
    doing(what)
    if not (show and sys.stderr.isatty()):
        yield
        return
    over = threading.Event()
    line = threading.Thread(target=_say, args=(what, now_doing(), over), daemon=True)
    line.start()
    try:
        yield
    finally:
        over.set()
        line.join()


def say(message: str) -> None:
    """A sentence on stderr, in one line whatever it tells of."""
    clear_line()
    echo(fitted(f"xlcheck: {printable(message)}", sys.stderr), err=True)


def echo(text: str, *, err: bool = False) -> None:
    """Print lines in which names, of which files are full that come from elsewhere, steer no terminal."""
    click.echo("\n".join(map(printable, text.split("\n"))), err=err)


def fitted(text: str, stream: TextIO, indent: int = 0) -> str:
    """A text broken between its words where a terminal is too narrow for it; unbroken in a pipe or a file.

    Args:
        text: one or more lines.
        stream: where it goes.
        indent: blanks in front of the lines that go on.
    """
    if not stream.isatty():
        return text
    columns = max(shutil.get_terminal_size().columns, indent + 20)
    lines = (
        textwrap.wrap(
            line, columns, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False,
            drop_whitespace=True, replace_whitespace=False,
        )
        or [""]
        for line in text.split("\n")
    )  # fmt: skip
    return "\n".join(part for parts in lines for part in parts)


def clear_line() -> None:
    """Take the line away, before something else is printed in the middle of the work; it comes back below that."""
    _LINE.show("")


def _say(what: str, now: Callable[[], str], over: threading.Event) -> None:
    started = monotonic()
    if over.wait(MOMENT):
        return
    turn = 0
    while not over.wait(_STEP):
        width = shutil.get_terminal_size().columns - 1
        after = f" {monotonic() - started:.0f} s"
        said = what if now() in {"", what} else f"{what}: {now()}"
        _LINE.show(f"{_TURNS[turn % len(_TURNS)]} {said}"[: max(0, width - len(after))] + after)
        turn += 1
    clear_line()
