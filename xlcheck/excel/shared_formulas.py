"""Shared formulas: a worksheet stores one text for many cells, and every other cell has it moved to its place."""

from __future__ import annotations

import re

from xlcheck.excel.addresses import MAX_COLUMNS, MAX_ROWS, column_index, column_name

# Texts and quoted worksheet names are passed over; so are [structured] and [external] references.
# A reference is a word of its own: not a part of a name, and not a function such as LOG10( or a sheet such as Q1!.
_TOKEN = re.compile(
    r"""
    "(?:[^"]|"")*" | '(?:[^']|'')*' | \[[^\]]*\]
    | (?<![\w.$\\?])
      (?: (\$?)([A-Za-z]{1,3})(\$?)([1-9]\d{0,6})
        | (\$?)([A-Za-z]{1,3}):(\$?)([A-Za-z]{1,3})
        | (\$?)([1-9]\d{0,6}):(\$?)([1-9]\d{0,6}) )
      (?![\w.(!\\?\[])
    """,
    re.VERBOSE,
)

# One reference's part: (fixed, index from 0, grid size), or literal text.
_Piece = str | tuple[bool, int, int]


class SharedFormula:
    """The formula of a group of cells, as it stands in the cell that owns it."""

    def __init__(self, text: str, row: int, column: int) -> None:
        self._row = row
        self._column = column
        self._pieces = tuple(_split(text))

    def at(self, row: int, column: int) -> str:
        """The text for another cell of the group: relative references move along, and wrap at the grid's edge."""
        down = row - self._row
        right = column - self._column
        out = []
        for piece in self._pieces:
            if isinstance(piece, str):
                out.append(piece)
                continue
            fixed, index, size = piece
            if size == MAX_ROWS:
                out.append(str((index if fixed else (index + down) % size) + 1))
            else:
                out.append(column_name(index if fixed else (index + right) % size))
        return "".join(out)


def _split(text: str) -> list[_Piece]:
    pieces: list[_Piece] = []
    position = 0
    for match in _TOKEN.finditer(text):
        if match.lastindex is None:
            continue
        pieces.append(text[position : match.start()])
        column_fixed, column, row_fixed, row, *lines = match.groups()
        if column:
            _add_column(pieces, column_fixed, column)
            _add_row(pieces, row_fixed, row)
        elif lines[1]:
            _add_column(pieces, lines[0], lines[1])
            pieces.append(":")
            _add_column(pieces, lines[2], lines[3])
        else:
            _add_row(pieces, lines[4], lines[5])
            pieces.append(":")
            _add_row(pieces, lines[6], lines[7])
        position = match.end()
    pieces.append(text[position:])
    return pieces


def _add_column(pieces: list[_Piece], fixed: str, name: str) -> None:
    index = column_index(name)
    if index >= MAX_COLUMNS:
        pieces.append(fixed + name)
        return
    pieces.append(fixed)
    pieces.append((bool(fixed), index, MAX_COLUMNS))


def _add_row(pieces: list[_Piece], fixed: str, number: str) -> None:
    index = int(number) - 1
    if index >= MAX_ROWS:
        pieces.append(fixed + number)
        return
    pieces.append(fixed)
    pieces.append((bool(fixed), index, MAX_ROWS))
