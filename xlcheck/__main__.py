"""`python -m xlcheck` and the `xlcheck` command."""

from __future__ import annotations

import gc
import io
import os
import sys


def main() -> None:
    """Run the command line; every expected error is one sentence on stderr and an exit code."""
    gc.set_threshold(100_000, 20, 20)  # imports make many objects, none of them garbage: a twentieth of a short check
    try:
        _open_closed_streams()
        for stream in (sys.stdout, sys.stderr):
            _speak_utf8(stream)
        code = _run(sys.argv[1:])
    except BaseException as error:
        code = _ended_early(error)
    _leave(code)


def _run(arguments: list[str]) -> int:
    """Import the command line and run it; where an import loses what a signal raises, the signal is not forgotten."""
    from xlcheck.interrupts import ended_by, ended_by_signals, raise_if_ended

    with ended_by_signals():
        try:
            from xlcheck.cli import run

            raise_if_ended()
        except BaseException:
            number = ended_by()
            if number is None:
                raise
            return _interrupted(128 + number)
        return run(arguments)


def _ended_early(error: BaseException) -> int:
    """The code of a signal that came before it was listened to, or just when that began; all else is raised."""
    from xlcheck.interrupts import Ended

    if isinstance(error, KeyboardInterrupt):
        return _interrupted(130)
    if isinstance(error, Ended):
        return _interrupted(128 + error.number)
    raise error


def _interrupted(code: int) -> int:
    print("xlcheck: interrupted; nothing was left half-written", file=sys.stderr)
    return code


def _leave(code: int) -> None:
    """End at once, without waiting for an import of Keras that nobody needs any more, or collecting what is garbage."""
    import atexit
    import signal

    try:
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # what ends a program ends it already
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.SIG_IGN)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        atexit._run_exitfuncs()  # other processes end, and temporary folders go
    finally:
        os._exit(code)


def _open_closed_streams() -> None:
    """Let what is written to a stream that was closed go nowhere, and not into a file that is opened later."""
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
        if descriptor and getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115


def _speak_utf8(stream: object) -> None:
    """Write UTF-8 into files and pipes, on Windows too, and never fail because of a character.

    A terminal and PYTHONIOENCODING keep the encoding that they ask for.
    """
    if isinstance(stream, io.TextIOWrapper):
        chosen = stream.isatty() or "PYTHONIOENCODING" in os.environ
        stream.reconfigure(encoding=stream.encoding if chosen else "utf-8", errors="backslashreplace")


if __name__ == "__main__":
    main()
