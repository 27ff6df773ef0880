"""Formulas that pool what a network is given, and may pool the wrong cells, or in the wrong way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.scanner import cut
from xlcheck.formulas.shapes import skeleton
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.offsets import are_in_line, offset

_POOLS = re.compile(r" *(?:SUM|AVERAGE|MAX|MIN|MEDIAN)\( *#:# *\)", re.IGNORECASE)
_MOST = 2_000
"""Cells of a range of which each is looked at."""


def pools(cell: Address, table: CellTable) -> bool:
    """Whether a formula takes the largest of a range, their mean or the like."""
    return bool(_POOLS.match(skeleton(table.texts[cell])))


def pooled_otherwise(cell: Address, pooled: Sequence[Address], table: CellTable) -> str | None:
    """Why a formula may pool the wrong cells, or in the wrong way: over a part of a line, or unlike those beside it.

    Args:
        cell: the formula.
        pooled: all such formulas.
        table: the cells.
    """
    area = ranges_of(cell, table)[0]
    beside = [c for c in pooled if c != cell and are_in_line(c, cell)]
    way = skeleton(table.texts[cell])
    in_line = (own for own in chain(beside, table.texts) if own != cell and are_in_line(own, cell))
    if beside and not any(skeleton(table.texts[own]) == way for own in in_line):  # also those that pool targets
        return f"{show(cell)} pools otherwise than the formulas in line with it"
    kinds = {_kind((area.sheet, *place), table) for place in area.cells()} if area.size <= _MOST else {None}
    if len(kinds) > 1 or None in kinds:
        return f"{show(cell)} pools cells of several kinds"
    others = {(a.sheet, *place) for c in beside for a in ranges_of(c, table) if a.size <= _MOST for place in a.cells()}
    first = (area.sheet, area.top, area.left)
    last = (area.sheet, area.top + area.rows - 1, area.left + area.columns - 1)
    for down, right in ((1, 0), (0, 1)) if 1 in (area.rows, area.columns) and not others & {first, last} else ():
        if area.size > 1 and (area.rows > 1) != bool(down):
            continue
        for end in (offset(first, (down, right), -1), offset(last, (down, right))):
            if end not in {cell, *others} and _kind(end, table) in kinds:
                return f"{show(cell)} pools some cells and not {show(end)}, which is of their kind"
    if not _are_a_grid(cell, pooled, table) or _has_another_stride(cell, pooled, table):
        return f"{show(cell)} pools a window that is shifted against those of the formulas beside it"
    left = _left_by_windows(area, [ranges_of(own, table)[0] for own in beside])
    if left and all(_kind(own, table) in kinds for own in left) and others.isdisjoint(left):
        return f"{show(left[0])} and cells in line with it are pooled by no formula, though others of their kind are"
    return None


def _left_by_windows(area: Range, others: Sequence[Range]) -> list[Address]:
    """The cells behind the last one of windows that overlap, which one more of them would reach; none if none do.

    Args:
        area: a window.
        others: those of the formulas in line with its own.
    """
    for down, right in ((1, 0), (0, 1)):
        size, at = (area.rows, area.top) if down else (area.columns, area.left)
        line = [own for own in others if (own.rows, own.columns, own.sheet) == (area.rows, area.columns, area.sheet)]
        starts = {own.top if down else own.left for own in line if (own.left == area.left) == bool(down)}
        step = min((at - own for own in starts if own < at), default=0)
        if 0 < step < size and at > max(starts):
            last = (area.sheet, area.top + (area.rows - 1) * down, area.left + (area.columns - 1) * right)
            return [offset(last, (down, right), times) for times in range(1, step + 1)]
    return []


def _are_a_grid(cell: Address, pooled: Sequence[Address], table: CellTable) -> bool:
    """Whether the window of a formula goes along with it as those beside it in its row and column do."""
    windows = {own: areas[0] for own in pooled if len(areas := ranges_of(own, table)) == 1}
    for down in (-1, 1):
        for right in (-1, 1):
            square = [cell, offset(cell, (down, 0)), offset(cell, (0, right)), offset(cell, (down, right))]
            if all(own in windows for own in square):
                one, below, beside, across = (windows[own] for own in square)
                if one.top + across.top != below.top + beside.top or one.left + across.left != below.left + beside.left:
                    return False
    return True


def _has_another_stride(cell: Address, pooled: Sequence[Address], table: CellTable) -> bool:
    """Whether a window is not as far behind that of the formula before it as most others of its size are.

    The windows of all channels go along alike.
    """
    windows = {own: areas[0] for own in pooled if len(areas := ranges_of(own, table)) == 1}
    size = windows[cell].rows, windows[cell].columns
    for by in ((0, 1), (1, 0)):
        pairs = ((own, offset(own, by, -1)) for own in windows)
        pairs = ((own, other) for own, other in pairs if other in windows)
        away = {
            own: (windows[own].top - windows[other].top, windows[own].left - windows[other].left)
            for own, other in pairs
            if all((windows[each].rows, windows[each].columns) == size for each in (own, other))
        }
        if 0 not in away.get(cell, ()):  # it begins the next row of a picture
            continue
        along = [own for own in away.values() if 0 in own and own.index(0) == away[cell].index(0)]
        if 2 * along.count(away[cell]) <= len(along) and len({*along}) > 1:
            return True
    return False


def ranges_of(cell: Address, table: CellTable) -> list[Range]:
    """The ranges of several cells, or of whole rows and columns, that a formula names."""
    return [ref.area(cell[0]) for ref in cut(table.texts[cell]).refs if ref.kind != "cell"]


def _kind(cell: Address, table: CellTable) -> str | None:
    """What stands in a cell: a typed number, or a formula of one kind; None for anything else."""
    if cell in table.texts:
        return skeleton(table.texts[cell])
    return "" if table.is_number(cell) else None
