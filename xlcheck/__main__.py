"""`python -m xlcheck` and the `xlcheck` command."""

from __future__ import annotations

import gc
import io
import os
import sys


def main() -> None:
    """Run the command line; every expected error is one sentence on stderr and an exit code."""
    from xlcheck.cli import run

    for stream in (sys.stdout, sys.stderr):
        _speak_utf8(stream)
    code = run(sys.argv[1:])
    # Else the interpreter, when it ends, looks for garbage in everything that was read.
    gc.freeze()
    sys.exit(code)


def _speak_utf8(stream: object) -> None:
    """Write UTF-8 into files and pipes, on Windows too, and never fail because of a character.

    A terminal and PYTHONIOENCODING keep the encoding that they ask for.
    """
    if isinstance(stream, io.TextIOWrapper):
        chosen = stream.isatty() or "PYTHONIOENCODING" in os.environ
        stream.reconfigure(encoding=stream.encoding if chosen else "utf-8", errors="backslashreplace")


if __name__ == "__main__":
    main()
