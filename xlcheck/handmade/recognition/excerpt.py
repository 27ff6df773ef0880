"""A part of a large workbook that says what the whole computes: the first steps of one document."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from xlcheck.formulas.addresses import Range, parse_range
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.workbook.content import Cell, WorkbookContent

_AROUND = 3
"""So many cells around the constants that are read belong to the part: unread weights, words beside them."""


@dataclass(frozen=True)
class Excerpt:
    """A part of a workbook, as a workbook of its own.

    Attributes:
        table: its cells.
        values: what they hold.
        precedents: who reads what.
    """

    table: CellTable
    values: CellValues
    precedents: Precedents


def excerpt(start: Address, size: int, table: CellTable, values: CellValues, precedents: Precedents) -> Excerpt:
    """A formula cell with all that it is computed from, or the same for a cell on the way to it if that is too much.

    Args:
        start: a formula cell.
        size: how many formula cells are taken at most.
        table: the workbook's cells.
        values: what they hold.
        precedents: who reads what.
    """
    path = list(_back(start, table, precedents))
    place = bisect_left(path, True, key=lambda cell: len(_behind(cell, size, table, precedents)) <= size)
    inside = _behind(path[min(place, len(path) - 1)], size, table, precedents)
    constants = {p for cell in inside for p in precedents.of(cell) if not table.is_formula(p)}
    kept = {cell: content for cell in (*inside, *_around(constants)) if (content := table.cell(cell)) is not None}
    kept = {cell: content for cell, content in kept.items() if cell in inside or content.formula is None}
    part = CellTable(_content(table.content, kept))
    positions = [table.index[cell] for cell in part.addresses]
    others = {i: values.others[p] for i, p in enumerate(positions) if p in values.others}
    return Excerpt(part, CellValues(values.numbers[np.array(positions, dtype=np.intp)], others), Precedents(part))


def _back(start: Address, table: CellTable, precedents: Precedents) -> Iterator[Address]:
    """A way back from a cell to one that reads no formula."""
    seen: set[Address] = set()
    cell: Address | None = start
    while cell is not None:
        seen.add(cell)
        yield cell
        cell = next((p for p in precedents.of(cell) if table.is_formula(p) and p not in seen), None)


def _behind(start: Address, size: int, table: CellTable, precedents: Precedents) -> set[Address]:
    """The formula cells that a cell is computed from, and itself; somewhat more than `size` if there are more."""
    found: set[Address] = set()
    stack = [start]
    while stack and len(found) <= size:
        cell = stack.pop()
        if cell not in found:
            found.update(_array_of(cell, table))
            stack.extend(p for p in precedents.of(cell) if table.is_formula(p) and p not in found)
    return found


def _array_of(cell: Address, table: CellTable) -> Iterator[Address]:
    """The cells that are filled together with a cell."""
    area = table.arrays.get(cell)
    if area is None:
        yield cell
        return
    for row, column in parse_range(area, cell[0]).cells():
        yield (cell[0], row, column)


def _around(cells: set[Address]) -> Iterator[Address]:
    for sheet, row, column in cells:
        top, left = max(0, row - _AROUND), max(0, column - _AROUND)
        area = Range(sheet, top, left, row - top + _AROUND + 1, column - left + _AROUND + 1)
        for r, c in area.cells():
            yield (sheet, r, c)


def _content(content: WorkbookContent, kept: dict[Address, Cell]) -> WorkbookContent:
    cells: dict[str, dict[tuple[int, int], Cell]] = {name: {} for name in content.sheets}
    for (name, row, column), cell in kept.items():
        cells[name][row, column] = cell
    return replace(content, sheets={name: replace(s, cells=cells[name]) for name, s in content.sheets.items()})
