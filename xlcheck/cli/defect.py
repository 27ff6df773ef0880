"""What an error means for the user: a sentence and an exit code; of one that nobody expected a file for the authors."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from xlcheck.errors import MissingDependencyError, NothingCheckedError, UsageError, XlcheckError
from xlcheck.version import __version__


def sentence(error: Exception, arguments: Sequence[str] | None = None) -> tuple[str, int]:
    """The sentence and the code of an error; a report of it is written if nobody expected it."""
    match error:
        case XlcheckError():
            return str(error), error.exit_code
        case MemoryError():
            return (
                "there is not enough memory for this; close other programs, or use a machine that has more",
                NothingCheckedError.exit_code,
            )
        case ModuleNotFoundError(name=str() as module) if "." not in module and not _is_installed(module):
            return (
                f"{module} is not installed, and xlcheck needs it; install xlcheck anew with pip, which brings it",
                MissingDependencyError.exit_code,
            )
        case OSError(filename=str() | bytes() as name):
            return f"{name!s} cannot be used: {error.strerror or error}", UsageError.exit_code
        case OSError():
            gone = "the folder in which you called it is gone; change into another one"
            other = f"the system does not let it go on: {error.strerror or error}"
            return gone if isinstance(error, FileNotFoundError) else other, UsageError.exit_code
    return report_defect(error, sys.argv[1:] if arguments is None else arguments), DEFECT


def _is_installed(module: str) -> bool:
    from importlib.util import find_spec

    return find_spec(module) is not None


DEFECT = 70
"""The exit code; what `sysexits.h` calls an internal software error."""

_PACKAGES = (
    "ironcalc",
    "cellrune",
    "numpy",
    "openpyxl",
    "XlsxWriter",
    "lxml",
    "click",
    "rich",
    "keras",
    "tensorflow-cpu",
)


def report_defect(error: BaseException, arguments: Sequence[str]) -> str:
    """Write down what happened, and return the sentence that says so and where.

    Args:
        error: what was raised.
        arguments: those of the command; names of files stand in them, and no content.
    """
    what = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    told = f"this is a defect of xlcheck, not of your file ({what})"
    try:
        path = _write(_report(error, arguments))
    except OSError as unwritable:
        return f"{told}; no report could be written ({unwritable.strerror}), so please tell the authors the command"
    return f"{told}; please send {path} to the authors"


def _report(error: BaseException, arguments: Sequence[str]) -> str:
    import platform
    import traceback
    from datetime import UTC, datetime

    lines = [
        f"xlcheck {__version__}, {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC",
        f"Python {platform.python_version()} on {platform.platform()}",
        f"command: xlcheck {' '.join(map(repr, arguments))}",
        *(f"{name} {_version(name)}" for name in _PACKAGES),
        "",
        *traceback.format_exception(error),
    ]
    return "\n".join(lines)


def _version(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return "is not installed"


def _write(text: str) -> Path:
    """A new file that only the user may read."""
    import tempfile

    descriptor, name = tempfile.mkstemp(prefix="xlcheck-report-", suffix=".txt")
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
    return Path(name)
