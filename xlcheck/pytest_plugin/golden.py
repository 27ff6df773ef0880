"""Golden files: a trace as JSON, exact to the last bit, one quantity a line in order of computation.

A number is the shortest decimal that reads back as the same float64; what JSON has no number for is
written as the texts `NaN`, `Infinity` and `-Infinity`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Container
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlcheck.documents import parse_json
from xlcheck.errors import DataError, UsageError
from xlcheck.files import write_text
from xlcheck.graph.trace import Trace
from xlcheck.pytest_plugin.golden_paths import FORMAT

Array = NDArray[np.float64]


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
        values = {name: np.array(nested, dtype=np.float64) for name, nested in data["quantities"].items()}
        return Trace(data["source"], values)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise DamagedGoldenError(_damaged(label)) from error


class DamagedGoldenError(DataError):
    """A golden file was cut, edited by hand or left with merge conflicts; it may be written anew."""


def write_golden(trace: Trace, path: Path) -> None:
    """Write a golden file; its folder is made if need be.

    Raises:
        UsageError: the file cannot be written there.
    """
    lines = [f"    {_text(name)}: {_text(_nested(values))}" for name, values in trace.values.items()]
    quantities = ",\n".join(lines)
    head = f'  "format": {_text(FORMAT)},\n  "source": {_text(trace.source)},\n'
    try:
        path.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make the folder {path.parent}: {error.strerror or error}") from error
    write_text(path, f'{{\n{head}  "quantities": {{\n{quantities}\n  }}\n}}\n')


def merged(golden: Trace, trace: Trace, keep: Container[str]) -> Trace:
    """A trace in which some quantities keep their golden values, so that a diff shows what really changed."""
    values = {name: golden[name] if name in keep else array for name, array in trace.values.items()}
    return Trace(trace.source, values)


def _nested(values: Array) -> Any:
    if values.ndim:
        return [_nested(item) for item in values]
    number = float(values)
    return number if math.isfinite(number) else {math.inf: "Infinity", -math.inf: "-Infinity"}.get(number, "NaN")


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _damaged(label: str) -> str:
    return (
        f"{label}: the golden file is damaged; restore it from version control, or write it anew with --xlcheck-update"
    )
