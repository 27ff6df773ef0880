"""Trace ↔ file: JSON with one quantity a line, NumPy's `.npz`, or CSV with one number a row; exact to the last bit.

A number is written as the shortest decimal that reads back as the same float64. What JSON has no number for is
written as the texts `NaN`, `Infinity` and `-Infinity`.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np

from xlcheck.array_files import open_npz
from xlcheck.arrays import Array, in_double
from xlcheck.documents import parse_json
from xlcheck.errors import DataError, UsageError
from xlcheck.files import read_input, reading, replacing, write_text, zip_part
from xlcheck.graph.trace import Trace
from xlcheck.graph.trace_format import FORMAT
from xlcheck.sizes import TEXTS

_OLD_SOURCE = "source"  # what older archives call where the numbers come from
_HEADER = ["quantity", "index", "value"]
Kind = TypeVar("Kind")

_INDEX = re.compile(r"(?:\[[0-9]{1,9}\])*")
_NUMBER = re.compile(r"\s*[-+]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?|nan|inf(?:inity)?)\s*", re.IGNORECASE)
"""As every language writes numbers; Python reads more than that."""
_NO_JSON_NUMBERS = ("NaN", "Infinity", "-Infinity")


def write_trace(trace: Trace, path: Path) -> None:
    """Write a trace to a `.json`, `.npz` or `.csv` file; an existing one is replaced as a whole or not at all.

    Raises:
        UsageError: the ending is another one, or the file cannot be written there.
    """
    _of(_WRITERS, path)(trace, path)


def read_trace(path: Path) -> Trace:
    """Read a trace from a `.json`, `.npz` or `.csv` file.

    An archive or a CSV file may come from anywhere: all that counts is the names of the quantities.

    Raises:
        UsageError: the ending is another one.
        DataError: the file cannot be read, or is no trace.
    """
    reader = _of(_READERS, path)
    try:
        with reading(path, DataError):
            return reader(path)
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: this is no text in UTF-8; write it with xlcheck trace") from error


def to_json(trace: Trace) -> str:
    """The text of a JSON file; the same trace gives the same text."""
    quantities = ",\n".join(f"    {_text(name)}: {_text(_nested(array))}" for name, array in trace.values.items())
    head = f'  "format": {_text(FORMAT)},\n  "source": {_text(trace.source)},\n'
    return f'{{\n{head}  "quantities": {{\n{quantities}\n  }}\n}}\n'


def from_json(data: Any) -> Trace:
    """What a JSON file of the right format says, once it is parsed.

    Raises:
        ValueError: something is missing in it, or is no number.
    """
    try:
        return Trace(data["source"], {name: _numbers(nested) for name, nested in data["quantities"].items()})
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(str(error)) from error


def _write_json(trace: Trace, path: Path) -> None:
    write_text(path, to_json(trace))


def _read_json(path: Path) -> Trace:
    text = _read_text(path)
    try:
        data = parse_json(text)
    except ValueError as error:
        raise DataError(f"{path}: this is no JSON: {error}") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise DataError(f"{path}: this is no trace (its format would be {FORMAT!r}); write one with xlcheck trace")
    try:
        return from_json(data)
    except ValueError as error:
        raise DataError(f"{path}: this trace is damaged; write it anew with xlcheck trace") from error


def _read_text(path: Path) -> str:
    return read_input(path, TEXTS[path.suffix.lower()]).decode("utf-8-sig")


def _write_npz(trace: Trace, path: Path) -> None:
    """As `numpy.savez_compressed`, for which some names are its own arguments; the same trace gives the same bytes."""
    arrays: dict[str, Any] = {FORMAT: np.array(trace.source), **trace.values}
    with replacing(path) as temporary, ZipFile(temporary, "w") as archive:
        for name, array in arrays.items():
            entry = zip_part(f"{name}.npy")
            entry.compress_type = ZIP_DEFLATED
            with archive.open(entry, "w", force_zip64=True) as file:
                np.lib.format.write_array(file, np.asarray(array), allow_pickle=False)


def _read_npz(path: Path) -> Trace:
    with open_npz(path) as archive:
        arrays = dict(zip(archive.names, archive.load(archive.names, lambda shapes: None), strict=True))
    source = path.name
    for name in (FORMAT, _OLD_SOURCE):
        if name in arrays and arrays[name].dtype.kind == "U":
            source = str(arrays.pop(name))
    for name, array in arrays.items():
        if array.dtype.kind not in "biuf":
            raise DataError(f"{path}: {name} holds {array.dtype}, not real numbers")
    try:
        return Trace(source, {name: in_double(array) for name, array in arrays.items()})
    except ValueError as error:
        raise DataError(f"{path}: {error}") from None


def _write_csv(trace: Trace, path: Path) -> None:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(_HEADER)
    for name, array in trace.values.items():
        rows.writerows(
            (name, "".join(f"[{i}]" for i in index), repr(float(value))) for index, value in np.ndenumerate(array)
        )
    write_text(path, text.getvalue())


def _read_csv(path: Path) -> Trace:
    numbers: dict[str, dict[tuple[int, ...], float]] = {}
    rows = csv.reader(io.StringIO(_read_text(path), newline=""))
    if next(rows, None) != _HEADER:
        raise DataError(f"{path}: the first row of a trace is {','.join(_HEADER)}")
    for row in filter(None, rows):
        where = f"{path}, line {rows.line_num}"
        name, index, value = _csv_row(row, where)
        known = numbers.setdefault(name, {})
        if index in known:
            raise DataError(f"{where}: {name}{row[1]} stands there twice")
        known[index] = value
    return Trace(path.name, {name: _array(values, f"{path}: {name}") for name, values in numbers.items()})


def _csv_row(row: list[str], where: str) -> tuple[str, tuple[int, ...], float]:
    try:
        name, index, value = row
        if not name or not _INDEX.fullmatch(index) or not _NUMBER.fullmatch(value):
            raise ValueError
        return name, tuple(map(int, re.findall(r"\d+", index))), float(value)
    except ValueError:
        raise DataError(f"{where}: a row is a name, a place such as [0][1], and a number") from None


def _array(values: Mapping[tuple[int, ...], float], where: str) -> Array:
    """An array from its elements by index.

    Raises:
        DataError: elements are missing, or their indices have different lengths.
    """
    if len({len(index) for index in values}) != 1:
        raise DataError(f"{where} has places with different numbers of indices")
    shape = tuple(max(axis) + 1 for axis in zip(*values, strict=True))
    if math.prod(shape) != len(values):
        raise DataError(f"{where} has {len(values)} numbers for the shape {shape}; each place stands there once")
    array = np.empty(shape)
    for index, value in values.items():
        array[index] = value
    return array


def _numbers(nested: Any) -> Array:
    _require_numbers(nested)
    numbers = np.array(nested)
    return in_double(numbers) if numbers.dtype.kind in "iu" else np.array(nested, dtype=np.float64)


def _require_numbers(nested: Any) -> None:
    """Raise ValueError if something is neither a number nor what stands for one."""
    if not isinstance(nested, list):
        nested = [nested]
    if not {*map(type, nested)} <= {int, float}:
        for item in nested:
            if isinstance(item, list):
                _require_numbers(item)
            elif type(item) not in {int, float, type(None)} and item not in _NO_JSON_NUMBERS:
                raise ValueError(f"{item!r:.90} is no number")


def _nested(values: Array) -> Any:
    if values.ndim:
        return [_nested(item) for item in values]
    number = float(values)
    return number if math.isfinite(number) else {math.inf: "Infinity", -math.inf: "-Infinity"}.get(number, "NaN")


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


_WRITERS: dict[str, Callable[[Trace, Path], None]] = {".json": _write_json, ".npz": _write_npz, ".csv": _write_csv}
_READERS: dict[str, Callable[[Path], Trace]] = {".json": _read_json, ".npz": _read_npz, ".csv": _read_csv}
ENDINGS = tuple(_WRITERS)
"""The kinds of files, by their endings."""


def _of(table: Mapping[str, Kind], path: Path) -> Kind:
    try:
        return table[path.suffix.lower()]
    except KeyError:
        raise UsageError(f"{path}: a trace is a {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]} file") from None
