"""Shared formulas: a worksheet stores one text for many cells, and every other cell has it moved to its place."""

from __future__ import annotations

from collections.abc import Iterator

from xlcheck.formulas.addresses import MAX_COLUMNS, MAX_ROWS, column_name
from xlcheck.formulas.scanner import BOTTOM, LEFT, RIGHT, TOP, Ref, cut

# A row or a column that moves with the cell, as its index from 0 and the grid's size; or literal text.
_Piece = str | tuple[int, int]


class SharedFormula:
    """The formula of a group of cells, as it stands in the cell that owns it."""

    def __init__(self, text: str, row: int, column: int) -> None:
        self._row = row
        self._column = column
        between, refs = cut(text)
        self._pieces: list[_Piece] = [between[0]]
        for ref, rest in zip(refs, between[1:], strict=True):
            self._pieces += [*_pieces(ref), rest]

    def at(self, row: int, column: int) -> str:
        """The text for another cell of the group: relative references move along, and wrap at the grid's edge."""
        down = row - self._row
        right = column - self._column
        out = []
        for piece in self._pieces:
            if isinstance(piece, str):
                out.append(piece)
                continue
            index, size = piece
            out.append(str((index + down) % size + 1) if size == MAX_ROWS else column_name((index + right) % size))
        return "".join(out)

    def down(self, rows: int) -> list[str]:
        """The texts for this many cells, from the owner down."""
        columns: list[list[int]] = []
        template = ""
        for piece in self._pieces:
            if isinstance(piece, str):
                template += piece.replace("%", "%%")
                continue
            index, size = piece
            if size == MAX_ROWS:
                template += "%d"
                columns.append([(index + offset) % size + 1 for offset in range(rows)])
            else:
                template += column_name(index)
        return [template % numbers for numbers in zip(*columns, strict=True)] if columns else [template % ()] * rows


def _pieces(ref: Ref) -> Iterator[_Piece]:
    yield ref.prefix
    if ref.kind != "rows":
        yield from _part(ref.left, ref.fixed & LEFT, MAX_COLUMNS)
    if ref.kind != "columns":
        yield from _part(ref.top, ref.fixed & TOP, MAX_ROWS)
    if ref.kind == "cell":
        return
    yield ":"
    if ref.kind != "rows":
        yield from _part(ref.right, ref.fixed & RIGHT, MAX_COLUMNS)
    if ref.kind != "columns":
        yield from _part(ref.bottom, ref.fixed & BOTTOM, MAX_ROWS)


def _part(index: int, fixed: int, size: int) -> Iterator[_Piece]:
    if fixed:
        yield f"${index + 1 if size == MAX_ROWS else column_name(index)}"
    else:
        yield index, size
