"""How far cells stand from one another: rows down and columns to the right, as in Excel's OFFSET."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.algebra import Address

Offset = tuple[int, int]
"""Rows down, and columns to the right."""
_Place = Address | tuple[str, int, int, int]
"""A cell, or one of the numbers of which its formula makes one."""


def offset(cell: _Place, by: Offset, times: int = 1) -> Address:
    """The cell that stands so far from another one, once or several times as far; -1 is as far the other way.

    Args:
        cell: the other one.
        by: how far.
        times: how often.
    """
    return cell[0], cell[1] + times * by[0], cell[2] + times * by[1]


def offset_between(one: _Place, other: _Place) -> Offset:
    """How far one cell is from another one, whatever their worksheets.

    Args:
        one: from here.
        other: to here.
    """
    return other[1] - one[1], other[2] - one[2]


def offset_on_sheet(one: Address, other: Address) -> Offset | None:
    """How far one cell is from another one of its worksheet; None if they stand on two."""
    return offset_between(one, other) if one[0] == other[0] else None


def distance(one: _Place, other: _Place) -> int:
    """How many rows and columns one cell is away from another one, whatever their worksheets."""
    return sum(map(abs, offset_between(one, other)))


def are_in_line(one: Address, other: Address) -> bool:
    """Whether two cells stand in one row or column; a cell and itself do."""
    return one[0] == other[0] and 0 in offset_between(one, other)


def beside_at(cell: Address, stride: Offset | None) -> list[Address]:
    """The cells before and behind one, where steps or units are so far apart; none if nobody knows how far."""
    return [] if stride is None else [offset(cell, stride, times) for times in (-1, 1)]


def in_line(cell: Address, most: int) -> list[list[Address]]:
    """The cells in the row of one, and those in its column, up to so many away on either side."""
    away = [by for by in range(-most, most + 1) if by]
    return [[offset(cell, line, by) for by in away] for line in ((0, 1), (1, 0))]


def run_from(cell: Address, by: Offset, goes_on: Callable[[Address], bool]) -> list[Address]:
    """A cell and those behind it, each so far from the one before it, up to the first that does not belong to them.

    Args:
        cell: the first one.
        by: how far the next one is.
        goes_on: whether one belongs to them.
    """
    run = [cell]
    while goes_on(after := offset(run[-1], by)):
        run.append(after)
    return run


def are_side_by_side(areas: Sequence[Range]) -> bool:
    """Whether ranges are as long, and stand beside one another: the first cells of all are in one line."""
    rows = {(area.top, area.rows) for area in areas if area.columns == 1}
    columns = {(area.left, area.columns) for area in areas if area.rows == 1}
    return all(1 in (area.rows, area.columns) for area in areas) and len(rows) + len(columns) == 1
