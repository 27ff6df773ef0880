"""The errors that a user can meet; every message says what is wrong, where, and what to do next."""

from __future__ import annotations


class XlcheckError(Exception):
    """Base of all errors that end a command with one sentence instead of a traceback.

    Attributes:
        exit_code: what the command line returns (2: wrong usage or unreadable, 3: nothing could be checked).
    """

    exit_code = 2


class UsageError(XlcheckError):
    """The request itself is wrong: an unknown lesson, a bad option, arguments that do not fit together."""


class WorkbookError(XlcheckError):
    """A workbook cannot be read or written: not a zip, encrypted, hostile, truncated, a missing worksheet."""


class ManifestError(WorkbookError):
    """What a workbook made by xlcheck says of itself is missing or damaged, so nothing could be checked."""

    exit_code = 3


class ModelError(XlcheckError):
    """A `.keras` file, its weights or its inputs cannot be used."""


class NotSupportedError(ModelError):
    """A layer, option, operation or formula target that xlcheck refuses by name rather than guess."""


class DataError(XlcheckError):
    """A data set cannot be used: a missing column, a wrong encoding, an empty file."""


class SignatureError(XlcheckError):
    """A workbook is not the one that was signed, or another key signed it."""

    exit_code = 1


class OracleError(XlcheckError):
    """Keras could not be asked, or its recorded values contradict its own prediction."""

    exit_code = 3


class EngineError(XlcheckError):
    """A formula engine is missing, or failed on a file that other engines may still read."""

    exit_code = 3


class NothingCheckedError(XlcheckError):
    """There was no cell to look at; that is never a pass."""

    exit_code = 3


class OutOfTimeError(XlcheckError):
    """The time that was allowed is up before there was a result."""

    exit_code = 3


class MissingDependencyError(XlcheckError):
    """An optional library is needed for this request and is not installed."""

    exit_code = 3


def install_command(extra: str) -> str:
    """What installs an optional part, as `pyproject.toml` calls it; from xlcheck's folder, if that is still there."""
    import json
    from contextlib import suppress
    from importlib.metadata import PackageNotFoundError, distribution
    from pathlib import Path
    from urllib.parse import unquote, urlsplit

    source = "xlcheck"
    with suppress(PackageNotFoundError, ValueError, AttributeError):
        origin = json.loads(distribution("xlcheck").read_text("direct_url.json") or "{}")
        folder = Path(unquote(urlsplit(origin.get("url", "")).path))
        if "dir_info" in origin and (folder / "pyproject.toml").is_file():
            source = str(folder)
    return f'pip install "{source}[{extra}]"'


class InputNote(UserWarning):
    """How an input was understood that could have meant something else."""
