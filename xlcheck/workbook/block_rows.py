"""Blocks of cells → finished rows of worksheet XML, a few thousand cells at a time.

Rows that hold the same blocks differ only in their numbers. So each such run of rows becomes one
text with gaps, which Python's `%` fills from columns of arguments: a million cells take a second
and a few megabytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from xml.sax.saxutils import escape

from xlcheck.arrays import Array
from xlcheck.errors import WorkbookError
from xlcheck.formulas.addresses import column_name
from xlcheck.formulas.pattern import Gap, Letters, Number, Pattern
from xlcheck.workbook.plan import Block, FormulaBlock, NumberBlock

_ROW = "\1"  # stands for the number of the row itself, the most frequent gap
_CELLS_AT_ONCE = 20_000

Column = Callable[[int, int], Sequence[object]]
"""(first row, row after the last) of the worksheet → what fills one gap in each of these rows."""


@dataclass(frozen=True)
class Piece:
    """Neighbouring cells of a row: columns `left:right`, and XML with a `%` gap for each entry of `gaps`."""

    left: int
    right: int
    text: str
    gaps: tuple[Column, ...] = ()


@dataclass(frozen=True)
class SingleRow:
    """A row that has more than blocks: its opening tag, and its cells outside blocks."""

    opening: str
    pieces: Sequence[Piece]


def fixed_piece(column: int, xml: str) -> Piece:
    """One cell whose XML is finished."""
    return Piece(column, column + 1, _literal(xml))


def block_piece(block: Block, xf: int) -> Piece:
    """The cells of a block in any of its rows; `xf` is the number of their cell format in the file."""
    match block:
        case NumberBlock():
            return _numbers(block, xf)
        case FormulaBlock():
            return _formulas(block, xf)


def row_texts(blocks: Sequence[tuple[Block, Piece]], singles: Mapping[int, SingleRow]) -> Iterator[str]:
    """The rows of a worksheet from top to bottom, some of them in each text.

    Raises:
        WorkbookError: cells overlap.
    """
    edges = {edge for block, _ in blocks for edge in (block.area.top, block.area.top + block.area.rows)}
    edges |= {edge for row in singles for edge in (row, row + 1)}
    waiting = sorted(blocks, key=lambda item: item[0].area.top, reverse=True)
    active: list[tuple[Block, Piece]] = []
    for start, stop in pairwise(sorted(edges)):
        active = [item for item in active if item[0].area.top + item[0].area.rows > start]
        while waiting and waiting[-1][0].area.top == start:
            active.append(waiting.pop())
        single = singles.get(start)
        if active or single:
            opening, others = (single.opening, single.pieces) if single else (f'<row r="{_ROW}">', ())
            pieces = sorted([*others, *(piece for _, piece in active)], key=lambda piece: piece.left)
            _refuse_overlaps(pieces, start)
            yield from _same_rows(_literal(opening), pieces, start, stop)


def _same_rows(opening: str, pieces: Sequence[Piece], start: int, stop: int) -> Iterator[str]:
    """Rows `start:stop`, which all consist of the same pieces."""
    template = opening + "".join(piece.text for piece in pieces) + "</row>"
    cells = sum(piece.right - piece.left for piece in pieces)
    height = max(1, _CELLS_AT_ONCE // max(cells, 1))
    for first in range(start, stop, height):
        last = min(first + height, stop)
        columns = [gap(first, last) for piece in pieces for gap in piece.gaps]
        rows = zip(*columns, strict=True) if columns else [()] * (last - first)
        yield "".join([(template % gaps).replace(_ROW, str(row)) for row, gaps in enumerate(rows, start=first + 1)])


def _refuse_overlaps(pieces: Sequence[Piece], row: int) -> None:
    for one, other in pairwise(pieces):
        if other.left < one.right:
            raise WorkbookError(f"the cell {column_name(other.left)}{row + 1} is filled twice")


def _numbers(block: NumberBlock, xf: int) -> Piece:
    a = block.area
    columns = range(a.left, a.left + a.columns)
    text = "".join(f'<c r="{column_name(c)}{_ROW}" s="{xf}"><v>%r</v></c>' for c in columns)
    return Piece(a.left, a.left + a.columns, text, tuple(_values(block.values[:, j], a.top) for j in range(a.columns)))


def _formulas(block: FormulaBlock, xf: int) -> Piece:
    a, formulas, values = block.area, block.formulas, block.values
    gaps: list[Column] = []
    if isinstance(formulas, Pattern):
        body = "".join(_part(part, a.top, gaps) for part in formulas.parts)
    else:
        body = "%s"
        gaps.append(lambda start, stop: [escape(text) for text in formulas[start - a.top : stop - a.top]])
    if isinstance(values, str):
        kind, value = ' t="str"', _literal(escape(values))
    else:
        kind, value = "", "%r"
        gaps.append(_values(values, a.top))
    text = f'<c r="{column_name(a.left)}{_ROW}" s="{xf}"{kind}><f>{body}</f><v>{value}</v></c>'
    return Piece(a.left, a.left + 1, text, tuple(gaps))


def _part(part: str | Gap, top: int, gaps: list[Column]) -> str:
    """The text of one part of a pattern; what fills its gap is added to `gaps`."""
    match part:
        case str():
            return _literal(escape(part))
        case Number(first, 1) if first == top + 1:
            return _ROW
        case Number(first, step) if step:
            gaps.append(lambda start, stop: range(first + step * (start - top), first + step * (stop - top), step))
            return "%d"
        case Letters(first, step) if step:
            gaps.append(lambda start, stop: [column_name(first + step * (row - top)) for row in range(start, stop)])
            return "%s"
        case _:
            return part.at(0)


def _values(values: Array, top: int) -> Column:
    return lambda start, stop: values[start - top : stop - top].tolist()


def _literal(xml: str) -> str:
    return xml.replace("%", "%%")
