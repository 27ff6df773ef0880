"""Golden files: a trace as JSON or as an archive of arrays; see `xlcheck.graph.trace_file`."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

from xlcheck.documents import parse_json
from xlcheck.errors import DataError
from xlcheck.files import make_folder
from xlcheck.graph.trace import Trace
from xlcheck.graph.trace_file import from_json, read_trace, write_trace
from xlcheck.graph.trace_format import FORMAT
from xlcheck.pytest_plugin.golden_paths import is_golden


def read_golden(path: Path, label: str) -> Trace:
    """Read a golden file.

    Raises:
        DataError: it cannot be read, is damaged, or is some other file.
    """
    try:
        if path.suffix == ".npz":
            if is_golden(path):
                return read_trace(path)
        elif isinstance(data := parse_json(path.read_text(encoding="utf-8")), dict) and data.get("format") == FORMAT:
            return from_json(data)
    except OSError as error:
        raise DataError(f"{label}: the golden file cannot be read: {error.strerror or error}") from error
    except (ValueError, DataError) as error:
        raise DamagedGoldenError(
            f"{label}: the golden file is damaged; restore it from version control, or write it anew with "
            "--xlcheck-update"
        ) from error
    raise DataError(
        f"{label}: this is not a golden file that this version of xlcheck reads (its format would be {FORMAT!r}); "
        "move it away, or name the trace otherwise"
    )


class DamagedGoldenError(DataError):
    """A golden file was cut, edited by hand or left with merge conflicts; it may be written anew."""


def write_golden(trace: Trace, path: Path) -> None:
    """Write a golden file; its folder is made if need be.

    Raises:
        UsageError: the file cannot be written there.
    """
    make_folder(path.parent)
    write_trace(trace, path)


def merged(golden: Trace, trace: Trace, keep: Container[str]) -> Trace:
    """A trace in which some quantities keep their golden values, so that a diff shows what really changed."""
    values = {name: golden[name] if name in keep else array for name, array in trace.values.items()}
    return Trace(trace.source, values)
