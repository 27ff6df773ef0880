"""How a command runs and ends: everything but a result is one sentence on stderr, and an exit code."""

from __future__ import annotations

import errno
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from io import StringIO
from typing import Any

import click

from xlcheck.cli.defect import sentence
from xlcheck.cli.group import PipeClosed, commands
from xlcheck.cli.status import echo, fitted, say
from xlcheck.errors import InputNote, UsageError
from xlcheck.files import protected_inputs
from xlcheck.interrupts import Ended, ended_by, ended_by_signals
from xlcheck.memory import bounded_memory

INTERRUPTED = 130
_SIGNALLED = 128
# Of a program that a closed pipe ends, as it ends most of them.
_PIPE_CLOSED = 141
# What writing to stdout may fail with; without a file's name it could be anything of the system's.
_UNWRITABLE = {errno.ENOSPC, errno.EIO, errno.EBADF, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code; nothing that it raises is let through."""
    try:
        with ended_by_signals():
            return _run(arguments)
    except Ended as error:  # when it was done, or a second one while the first was spoken of
        return _interrupted(_SIGNALLED + error.number)


def _run(arguments: Sequence[str]) -> int:
    try:
        with bounded_memory(), protected_inputs(), _saying_notes():
            code = commands.main(args=list(arguments), prog_name="xlcheck", standalone_mode=False)
            sys.stdout.flush()
        return int(code or 0)
    except BaseException as error:
        try:
            return _ending(error, arguments)
        except OSError:  # stderr is closed, too
            sys.stdout = sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
            return _PIPE_CLOSED


@contextmanager
def _saying_notes() -> Iterator[None]:
    """Say how an input was understood as any other message is said."""

    def show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
        if issubclass(category, InputNote):
            say(str(message))
        else:
            usual(message, category, *where, **more)

    usual = warnings.showwarning
    with warnings.catch_warnings():
        warnings.showwarning = show
        warnings.simplefilter("always", InputNote)
        yield


def _ending(error: BaseException, arguments: Sequence[str]) -> int:
    """Say what ended a command, and return its exit code."""
    # Compiled code makes an error of its own of an interrupt, with that as the cause or without.
    number = ended_by()
    if number is not None or _is_interrupt(error):
        return _interrupted(INTERRUPTED if number is None else _SIGNALLED + number)
    if isinstance(error, click.ClickException):  # of wrong usage, and without arguments the help
        shown = StringIO()
        error.show(file=shown)
        echo(fitted(shown.getvalue().removesuffix("\n"), sys.stderr), err=True)
        dashed = [name for name in arguments if name.startswith("-") and os.path.isfile(name)]  # noqa: PTH113 - of any text
        for name in dashed[:1]:
            say(f"if the file {name} is meant, write ./{name}")
        return error.exit_code
    if isinstance(error, BrokenPipeError | PipeClosed):  # who closes a pipe has read enough
        _let_go_of_stdout()
        return _PIPE_CLOSED
    if isinstance(error, OSError) and error.filename is None and error.errno in _UNWRITABLE:
        _let_go_of_stdout()
        error = UsageError(f"the result, or a temporary file, cannot be written: {error.strerror}")
    if not isinstance(error, Exception):  # of SystemExit and its like somebody knows what for
        raise error
    message, code = sentence(error, arguments)
    say(message)
    return code


def _interrupted(code: int) -> int:
    say("interrupted; nothing was left half-written")
    return code


def _let_go_of_stdout() -> None:
    """What is left of the result would fail again at the end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115


def _is_interrupt(error: BaseException | None) -> bool:
    """Whether somebody pressed Ctrl-C where that is left to Python."""
    while error is not None and not isinstance(error, click.Abort | Ended | KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None
