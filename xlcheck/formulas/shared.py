"""Shared formulas: a worksheet stores one text for many cells, and every other cell has it moved to its place."""

from __future__ import annotations

import re

from xlcheck.formulas.addresses import MAX_COLUMNS, MAX_ROWS, column_index, column_name

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

    def down(self, rows: int) -> list[str]:
        """The texts for this many cells, from the owner down."""
        columns: list[list[int]] = []
        template = ""
        for piece in self._pieces:
            if isinstance(piece, str):
                template += piece.replace("%", "%%")
                continue
            fixed, index, size = piece
            if size == MAX_ROWS and not fixed:
                template += "%d"
                columns.append([(index + offset) % size + 1 for offset in range(rows)])
            else:
                template += str(index + 1) if size == MAX_ROWS else column_name(index)
        return [template % numbers for numbers in zip(*columns, strict=True)] if columns else [template % ()] * rows


def _split(text: str) -> list[_Piece]:
    pieces: list[_Piece] = []
    position = 0
    for match in _TOKEN.finditer(text):
        reference = _reference(*match.groups(default="")) if match.lastindex else None
        if reference is None:
            continue
        pieces += [text[position : match.start()], *reference]
        position = match.end()
    return [*pieces, text[position:]]


def _reference(*groups: str) -> list[_Piece] | None:
    """The pieces of A1, A:A or 1:1; None for what only looks like one, but lies outside the grid."""
    fixed_column, column, fixed_row, row, fixed_first, first, fixed_last, last, *rows = groups
    try:
        if row:
            return [*_column(fixed_column, column), *_row(fixed_row, row)]
        if first:
            return [*_column(fixed_first, first), ":", *_column(fixed_last, last)]
        return [*_row(*rows[:2]), ":", *_row(*rows[2:])]
    except ValueError:
        return None


def _column(fixed: str, name: str) -> tuple[_Piece, _Piece]:
    return fixed, (bool(fixed), _in_grid(column_index(name), MAX_COLUMNS), MAX_COLUMNS)


def _row(fixed: str, number: str) -> tuple[_Piece, _Piece]:
    return fixed, (bool(fixed), _in_grid(int(number) - 1, MAX_ROWS), MAX_ROWS)


def _in_grid(index: int, size: int) -> int:
    if index >= size:
        raise ValueError
    return index
