"""Tables of numbers out of CSV files as people have them: with any header, an index, and decimal commas."""

from __future__ import annotations

import csv
import io
import re
import warnings
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xlcheck.errors import DataError, InputNote
from xlcheck.files import read_input
from xlcheck.formulas.addresses import MAX_ROWS
from xlcheck.sizes import TEXTS

_LOOKED_AT = 20  # lines, to find out what separates the numbers
_INDEX = {"", "index", "unnamed: 0"}  # what pandas writes above the numbers of its rows
_LONG = 10  # columns; a sample of so many numbers hardly ever happens to be 0, 1, 2, …
_WHOLE = re.compile(r"\s*[+-]?\d+\s*")


@dataclass(frozen=True)
class Table:
    """A table of numbers.

    Attributes:
        numbers: `(rows, columns)`.
        labels: the texts of the first column, if it holds texts.
    """

    numbers: NDArray[np.float64]
    labels: list[str] | None


def read_table(path: Path, width: int | None = None) -> Table:
    """Read a CSV file: one sample a row; a first row that is a header and a first column of labels are told apart.

    Numbers are separated by commas, or by semicolons or tabs, and may then have decimal commas.

    Args:
        path: the file, in UTF-8.
        width: how many numbers a row has, if that is known; one more is then an index.

    Raises:
        DataError: it is no such table; or its first row is 0, 1, 2, …, and nothing says whether it is a header.
        OSError: it cannot be read.
    """
    try:
        text = read_input(path, TEXTS[".csv"]).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: this is not a CSV file in UTF-8: {error}") from error
    lines = text.count("\n")
    if lines > MAX_ROWS:
        raise DataError(f"{path}: it has {lines:,} lines; a worksheet has {MAX_ROWS:,} rows. Take fewer samples")
    try:
        return _table(path, text, width)
    except csv.Error as error:
        raise DataError(f"{path}: this is not a CSV file in UTF-8: {error}") from error


def _table(path: Path, text: str, width: int | None) -> Table:
    separator = _separator(text)
    comma = separator != ","
    rows = _rows(text, separator)
    first, second = next(rows, None), next(rows, None)
    header = first is not None and _is_header(path, first, text, separator)
    body = [row for row in ((second,) if header else (first, second)) if row is not None]
    if not body:
        raise DataError(f"{path}: the file holds no sample")
    columns = len(body[0])
    index = header and first is not None and len(first) == columns > 1 and first[0].strip().lower() in _INDEX
    labelled = not index and _number(body[0][0], comma=comma) is None
    numbers, labels = array("d"), list[str]()
    for count, row in enumerate((*body, *rows), start=1):
        if labelled:
            labels.append(row[0])
        cells = row[1:] if labelled or index else row
        if len(row) != columns:
            raise DataError(
                f"{path}: sample {count} has {len(cells)} numbers, the first one has {columns - labelled - index}"
            )
        for column, cell in enumerate(cells, start=1):
            number = _number(cell, comma=comma)
            if number is None:
                raise DataError(f"{path}: sample {count}, column {column}: {cell!r} is not a number")
            numbers.append(number)
    if not numbers:
        raise DataError(f"{path}: the file holds no numbers")
    table = np.frombuffer(numbers).reshape(-1, columns - labelled - index)
    if width is not None and not index and table.shape[1] == width + 1 and _counts(table[:, 0], alone=header):
        _note(f"{path}: the first column, which only counts the rows, is left out")
        table = table[:, 1:]
    return Table(table, labels if labelled else None)


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    """The rows, without empty ones."""
    return (row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if any(map(str.strip, row)))


def _separator(text: str) -> str:
    """What separates the numbers of a row: of all choices the one with which the largest share of cells are numbers."""
    start = "\n".join(text.splitlines()[: _LOOKED_AT + 1])
    best, most = ",", 0.0
    for separator in ",;\t":
        rows = list(_rows(start, separator))
        cells = [cell for row in rows[1:] or rows for cell in row]
        found = sum(_number(cell, comma=separator != ",") is not None for cell in cells)
        if cells and len(cells) > len(rows[1:] or rows) and found / len(cells) > most:
            best, most = separator, found / len(cells)
    return best


def _is_header(path: Path, first: Sequence[str], text: str, separator: str) -> bool:
    """Whether the first row names the columns.

    Raises:
        DataError: it counts the columns from 0, as pandas does, and may be a sample as well.
    """
    comma = separator != ","
    if all(_number(cell, comma=comma) is None for cell in first):
        return True
    cells = [cell.strip() for cell in (first if _number(first[0], comma=comma) is not None else first[1:])]
    if not all(_WHOLE.fullmatch(cell) for cell in cells) or not _counts(np.array(list(map(int, cells))), anywhere=True):
        return False
    below = [row for number, row in enumerate(_rows(text, separator)) if number]
    if len(cells) < len(first) and (
        first[0].strip().lower() in _INDEX or (below and all(_number(row[0], comma=comma) is not None for row in below))
    ):
        return True
    if _names_columns([row[-len(cells) :] for row in below], list(map(int, cells)), comma):
        _note(f"{path}: the first row, which counts the columns, is taken for their names")
        return True
    if cells[0] == "0" and len(cells) > 1:
        raise DataError(
            f"{path}: the first row counts the columns ({', '.join(first[:3])}{', …' if len(first) > 3 else ''}), so "
            "it may be a header or a sample; write names above the columns, or save the numbers with numpy.save"
        )
    return False


def _names_columns(below: Sequence[Sequence[str]], counted: Sequence[int], comma: bool) -> bool:
    """Whether the rows below say that a first row 0, 1, 2, … is no sample like them.

    It is none if no whole number stands below, as pandas writes a table of fractions. It is none, either, if it is
    long, or larger than everything below in half of the columns, as above zeros and ones. But where a row below counts
    up or down, too, or goes on where the first one stops, nobody knows: the samples may be stretches of a series.
    """
    if below and not any(_WHOLE.fullmatch(cell) for row in below for cell in row):
        return True
    rows = [[_number(cell, comma=comma) for cell in row] for row in below]
    if counted[0] != 0 or len(rows) < 2 or any(None in row or len(row) != len(counted) for row in rows):
        return False
    numbers = np.array(rows, dtype=np.float64)
    steps = np.diff(numbers, axis=1)
    if ((steps == steps[:, :1]) & (steps != 0)).all(axis=1).any() or (numbers[0, :-1] == counted[1:]).all():
        return False
    larger = int((np.array(counted) > numbers.max(axis=0)).sum())
    return len(counted) >= _LONG or (len(counted) > 2 and 2 * larger >= len(counted))


def _counts(numbers: NDArray[np.float64], *, anywhere: bool = False, alone: bool = False) -> bool:
    """Whether numbers count something, from 0 or from 1, or from anywhere; one number only if one `alone` may."""
    return bool((np.diff(numbers) == 1).all() and (anywhere or (len(numbers) > 1 - alone and numbers[0] in (0, 1))))


def _number(text: str, *, comma: bool) -> float | None:
    """The number that a text says, if it does; with a decimal comma only where no comma separates numbers."""
    try:
        return float(text.replace(",", ".") if comma and "." not in text else text.replace("_", "?"))
    except ValueError:
        return None


def _note(text: str) -> None:
    warnings.warn(text, InputNote, stacklevel=2)
