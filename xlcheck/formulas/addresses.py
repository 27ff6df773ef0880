"""Cells and ranges in A1 notation. Rows and columns count from 0 here, as in XlsxWriter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache

from xlcheck.frozen import dataclass

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384

_RANGE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})(?::\$?([A-Za-z]{1,3})\$?(\d{1,7}))?")
_PLAIN_SHEET = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LOOKS_LIKE_A_VALUE = re.compile(r"[A-Z]{1,3}\d+|R\d*|C\d*|R\d*C\d*|TRUE|FALSE", re.IGNORECASE)


@lru_cache(maxsize=MAX_COLUMNS)
def column_name(column: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


@lru_cache(maxsize=MAX_COLUMNS)
def column_index(name: str) -> int:
    """A → 0, AA → 26."""
    index = 0
    for letter in name.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def cell_name(row: int, column: int, *, fixed_row: bool = False, fixed_column: bool = False) -> str:
    """(0, 0) → A1, with `$` before the parts that are fixed."""
    return f"{'$' if fixed_column else ''}{column_name(column)}{'$' if fixed_row else ''}{row + 1}"


def quote_sheet(name: str) -> str:
    """A worksheet's name as a formula writes it: quoted where Excel needs it."""
    if _PLAIN_SHEET.fullmatch(name) and not _LOOKS_LIKE_A_VALUE.fullmatch(name):
        return name
    return "'" + name.replace("'", "''") + "'"


def unquote_sheet(name: str) -> str:
    """The inverse of `quote_sheet`."""
    if name.startswith("'") and name.endswith("'") and len(name) >= 2:
        return name[1:-1].replace("''", "'")
    return name


@dataclass(frozen=True, slots=True)
class Range:
    """A rectangle of cells on one worksheet; a cell is a range of one row and one column.

    Attributes:
        top: first row, from 0.
        left: first column, from 0.
    """

    sheet: str
    top: int
    left: int
    rows: int = 1
    columns: int = 1

    def __str__(self) -> str:
        return f"{quote_sheet(self.sheet)}!{self.a1}"

    def __reduce__(self) -> tuple[type[Range], tuple[str, int, int, int, int]]:
        # Thousands of ranges are sent to an engine's process; this is three times as fast as what dataclasses do.
        return Range, (self.sheet, self.top, self.left, self.rows, self.columns)

    @property
    def a1(self) -> str:
        """Without the worksheet: `B2:C3`, or `B2`."""
        first = cell_name(self.top, self.left)
        if self.rows == self.columns == 1:
            return first
        return f"{first}:{cell_name(self.top + self.rows - 1, self.left + self.columns - 1)}"

    def fixed(self) -> str:
        """Without the worksheet, every row and column fixed: `$B$2:$C$3`."""
        first = cell_name(self.top, self.left, fixed_row=True, fixed_column=True)
        if self.rows == self.columns == 1:
            return first
        last = cell_name(self.top + self.rows - 1, self.left + self.columns - 1, fixed_row=True, fixed_column=True)
        return f"{first}:{last}"

    @property
    def size(self) -> int:
        """Number of cells."""
        return self.rows * self.columns

    def part(self, rows: int, columns: int, *, down: int = 0, right: int = 0) -> Range:
        """So many rows and columns, from its first cell or one that stands that far below and to the right of it."""
        return Range(self.sheet, self.top + down, self.left + right, rows, columns)

    def cell(self, down: int = 0, right: int = 0) -> Range:
        """The first cell, or the one that stands that far below it and to its right."""
        return Range(self.sheet, self.top + down, self.left + right)

    def element(self, index: int) -> Range:
        """One cell of a vector, from 0, that runs along a row or down a column."""
        return self.cell(0, index) if self.rows == 1 else self.cell(index)

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell of the same worksheet lies in it."""
        return 0 <= row - self.top < self.rows and 0 <= column - self.left < self.columns

    def cells(self) -> Iterator[tuple[int, int]]:
        """(row, column) of each cell, row by row."""
        for row in range(self.top, self.top + self.rows):
            for column in range(self.left, self.left + self.columns):
                yield row, column


def parse_range(text: str, default_sheet: str = "") -> Range:
    """`Sheet1!B2:C3`, `'My sheet'!$B$2` or `B2` → Range.

    Raises:
        ValueError: the text is not a cell or a range, or lies outside Excel's grid.
    """
    sheet, _, cells = text.rpartition("!")
    match = _RANGE.fullmatch(cells.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a cell or a range such as B2 or Sheet1!B2:C3")
    left, top = column_index(match[1]), int(match[2]) - 1
    right, bottom = left, top
    if match[3]:
        left, right = sorted((left, column_index(match[3])))
        top, bottom = sorted((top, int(match[4]) - 1))
    if top < 0 or bottom >= MAX_ROWS or right >= MAX_COLUMNS:
        raise ValueError(f"{text!r} lies outside the grid of {MAX_ROWS} rows and {MAX_COLUMNS} columns")
    return Range(unquote_sheet(sheet.strip()) or default_sheet, top, left, bottom - top + 1, right - left + 1)


def hull(a: Range, b: Range) -> Range:
    """The smallest range that holds two ranges of one worksheet."""
    top, left = min(a.top, b.top), min(a.left, b.left)
    bottom, right = max(a.top + a.rows, b.top + b.rows), max(a.left + a.columns, b.left + b.columns)
    return Range(a.sheet, top, left, bottom - top, right - left)


def range_or_none(text: str, default_sheet: str = "") -> Range | None:
    """The range that a text names; None if it names none, see `parse_range`."""
    with suppress(ValueError):
        return parse_range(text, default_sheet)
    return None
