"""Golden files: a trace as JSON; see `xlcheck.graph.trace_file`."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

from xlcheck.documents import parse_json
from xlcheck.errors import DataError, UsageError
from xlcheck.files import write_text
from xlcheck.graph.trace import Trace
from xlcheck.graph.trace_file import from_json, to_json
from xlcheck.graph.trace_format import FORMAT


def read_golden(path: Path, label: str) -> Trace:
    """Read a golden file.

    Args:
        path: of the file.
        label: what to call it in messages.

    Raises:
        DataError: it cannot be read, is damaged, or is some other JSON file.
    """
    try:
        data = parse_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{label}: the golden file cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise DamagedGoldenError(_damaged(label)) from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise DataError(
            f"{label}: this is not a golden file that this version of xlcheck reads (its format would be {FORMAT!r}); "
            "move it away, or name the trace otherwise"
        )
    try:
        return from_json(data)
    except ValueError as error:
        raise DamagedGoldenError(_damaged(label)) from error


class DamagedGoldenError(DataError):
    """A golden file was cut, edited by hand or left with merge conflicts; it may be written anew."""


def write_golden(trace: Trace, path: Path) -> None:
    """Write a golden file; its folder is made if need be.

    Raises:
        UsageError: the file cannot be written there.
    """
    try:
        path.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make the folder {path.parent}: {error.strerror or error}") from error
    write_text(path, to_json(trace))


def merged(golden: Trace, trace: Trace, keep: Container[str]) -> Trace:
    """A trace in which some quantities keep their golden values, so that a diff shows what really changed."""
    values = {name: golden[name] if name in keep else array for name, array in trace.values.items()}
    return Trace(trace.source, values)


def _damaged(label: str) -> str:
    return (
        f"{label}: the golden file is damaged; restore it from version control, or write it anew with --xlcheck-update"
    )
