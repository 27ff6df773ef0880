"""Tables of numbers out of CSV files as people have them: with any header, an index, and decimal commas."""

from __future__ import annotations

import csv
import io
import re
import warnings
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xlcheck.building.spelled_numbers import like_a_number, number_of, require_one_meaning
from xlcheck.errors import DataError, InputNote
from xlcheck.files import read_input
from xlcheck.formulas.addresses import MAX_ROWS
from xlcheck.sizes import TEXTS
from xlcheck.verdicts.messages import plural

_LOOKED_AT = 20  # lines, to find out what separates the numbers
_INDEX = {"", "index", "unnamed: 0"}  # what pandas writes above the numbers of its rows
_LONG = 10  # columns; a sample of so many numbers hardly ever happens to be 0, 1, 2, …
_WHOLE = re.compile(r"\s*[+-]?\d+\s*")
_WRITTEN = "numbers are written as 1234.5, or between semicolons or tabs as 1234,5"
_EXCELS_OWN = re.compile(r"\Asep=[,;\t]\r?\n")  # a line that tells Excel what separates
_MISSING = {"", "na", "n/a", "#n/a", "null", "none", "-", "?"}


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

    Numbers are separated by commas, or by semicolons or tabs, and may then have decimal commas. What may say other
    numbers, or may be a header as well as a sample, is refused, or read as it most likely is meant with a note.

    Args:
        path: the file, in UTF-8.
        width: how many numbers a row has, if that is known; one more is then an index.

    Raises:
        DataError: it is no such table; or nothing says whether its first row is a header, or which numbers are meant.
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
    text = _without_empty_end(path, _EXCELS_OWN.sub("", text))
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
    labelled = not index and number_of(body[0][0], comma=comma) is None
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
            number = number_of(cell, comma=comma)
            if number is None:
                raise DataError(f"{path}: sample {count}, column {column}: {cell!r} is not a number")
            numbers.append(number)
    if not numbers:
        raise DataError(f"{path}: the file holds no numbers")
    _require_labels(path, labels)
    table = np.frombuffer(numbers).reshape(-1, columns - labelled - index)
    counted = not index and width is not None and table.shape[1] == width + 1 and _counts(table[:, 0], alone=header)

    def samples() -> Iterator[list[str]]:
        return (row[labelled or index :] for row in islice(_rows(text, separator), int(header), None))

    if header and first is not None:
        unnamed = labelled or (counted and any("." in row[1] for row in samples()))
        _require_names(path, len(first), columns, unnamed=unnamed)
    require_one_meaning(path, samples, separator, named=header, width=width)
    if counted:
        _note(f"{path}: the first column, which only counts the rows, is left out")
        table = table[:, 1:]
    return Table(table, labels if labelled else None)


def _without_empty_end(path: Path, text: str) -> str:
    """Without the rows at the end in which nothing but separators stands, as spreadsheets write them."""
    end = text.find("\n", len(text.rstrip(" \t\r\n,;"))) + 1
    if end and text[end:].strip():
        _note(f"{path}: the rows at its end, in which nothing stands, are left out")
    return text[:end] if end else text


def _require_labels(path: Path, labels: Sequence[str]) -> None:
    if (odd := next(filter(like_a_number, labels), None)) is not None:
        raise DataError(f"{path}: {labels[0]!r} in the first column is no number, and {odd!r} no label; {_WRITTEN}")


def _require_names(path: Path, names: int, columns: int, *, unnamed: bool) -> None:
    """Refuse a header with names for other columns; a first one of labels or of an index may have none."""
    if names != columns and not (unnamed and names == columns - 1):
        raise DataError(
            f"{path}: the first row has {plural(names, 'name', 'names')} for {plural(columns, 'column', 'columns')}; "
            "name each, or if commas are decimal commas, write points"
        )


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    """The rows, without empty lines; a line of separators alone, or of an empty text, has lost its numbers."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    return (row for row in rows if len(row) > 1 or (row and not row[0].isspace()))


def _separator(text: str) -> str:
    """What separates the numbers of a row: the one with which the largest share of cells are numbers."""
    start = "\n".join(text.splitlines()[: _LOOKED_AT + 1])
    best, most = ",", (0.0, False)
    for separator in ";\t,":  # before a comma that may be a decimal one
        rows = list(_rows(start, separator))
        cells = [cell for row in rows[1:] or rows for cell in row]
        found = sum(number_of(cell, comma=separator != ",") is not None for cell in cells)
        if cells and len(cells) > len(rows[1:] or rows):
            how = found / len(cells), len({*map(len, rows)}) == 1
            best, most = max((best, most), (separator, how), key=itemgetter(1))
    return best


def _is_header(path: Path, first: Sequence[str], text: str, separator: str) -> bool:
    """Whether the first row names the columns.

    Raises:
        DataError: it counts the columns and may be a sample as well; or it holds what may be numbers, or none.
    """
    comma = separator != ","
    if all(number_of(cell, comma=comma) is None for cell in first):
        odd = next(filter(like_a_number, first), None)
        if odd is not None or {cell.strip().lower() for cell in first[1:] or first} <= _MISSING:
            raise DataError(f"{path}: the first row ({_shown(first)}) holds neither names nor numbers; {_WRITTEN}")
        return True
    cells = [cell.strip() for cell in (first if number_of(first[0], comma=comma) is not None else first[1:])]
    if not all(_WHOLE.fullmatch(cell) for cell in cells):
        return False
    counted = np.array(list(map(int, cells)))
    if not _counts(counted, anywhere=len(cells) > 1, alone=True):
        return False
    below = [row for number, row in enumerate(_rows(text, separator)) if number]
    named = len(cells) < len(first)
    if named and first[0].strip().lower() in _INDEX:
        return True
    over_numbers = bool(below) and all(number_of(row[0], comma=comma) is not None for row in below)
    header = (named and over_numbers and counted[0] == 0) or _names_columns(
        [row[-len(cells) :] for row in below], counted.tolist(), comma
    )
    if header and counted[0] == 0:
        _note(f"{path}: the first row, which counts the columns, is taken for their names")
        return True
    if header or (counted[0] == 0 and len(cells) > 1):
        raise DataError(
            f"{path}: the first row counts the columns ({_shown(first)}), so it may be a header or a sample; write "
            "names above the columns, or save the numbers with numpy.save"
        )
    return False


def _shown(row: Sequence[str]) -> str:
    return f"{', '.join(row[:3])}{', …' if len(row) > 3 else ''}"


def _names_columns(below: Sequence[Sequence[str]], counted: Sequence[int], comma: bool) -> bool:
    """Whether the rows below say that a first row 0, 1, 2, … is no sample like them.

    It is none if no whole number stands below, as pandas writes a table of fractions. It is none, either, if it is
    long, or larger than everything below in half of the columns, as above zeros and ones. But where a row below counts
    up or down, too, or goes on where the first one stops, nobody knows: the samples may be stretches of a series.
    """
    if below and not any(_WHOLE.fullmatch(cell) for row in below for cell in row):
        return True
    rows = [[number_of(cell, comma=comma) for cell in row] for row in below]
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


def _note(text: str) -> None:
    warnings.warn(text, InputNote, stacklevel=2)
