"""What formulas read, and who reads a cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache

import numpy as np

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.parser import parsed
from xlcheck.formulas.references import References, plain_reference
from xlcheck.formulas.tree import FunctionCall, Literal, Node, Reference, walk
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.reached import in_turn, joined, reached

MAX_CELLS = 20_000
_LARGE = 20_000
_SMALL = 16
"""Cells of a range of which each is listed with its readers; larger ones are looked through."""

_SPILL = re.compile(r"\bANCHORARRAY\(|#", re.IGNORECASE)
"""A formula that reads a spilled range by its first cell: `A1#`, which files spell `_xlfn.ANCHORARRAY(A1)`."""
_PICKS = re.compile(r"\b(?:INDEX|VLOOKUP)\(", re.IGNORECASE)


class Precedents:
    """The references of every formula of a workbook.

    Args:
        table: the workbook's cells.
    """

    def __init__(self, table: CellTable) -> None:
        self._table = table
        self._references = References(table.content.names)
        self._ranges = lru_cache(maxsize=None)(self._read)
        self._cells = lru_cache(maxsize=None)(self._read_cells)
        self._readers = lru_cache(maxsize=None)(self._find_readers)

    @property
    def table(self) -> CellTable:
        """The workbook's cells."""
        return self._table

    def _read(self, cell: Address) -> tuple[Range, ...]:
        text = self._table.texts.get(cell)
        if text is None:
            return ()
        sheets = self._table.content.sheets
        areas = [area for area in self._references.of(text, cell[0]) if area.sheet in sheets]
        if picked := picked_cells(text, cell[0], self._table):
            areas = [own for area in areas if (own := picked.get(area, area)) is not None]
        if _SPILL.search(text):
            return tuple(self._table.spill((a.sheet, a.top, a.left)) if a.size == 1 else a for a in areas)
        return tuple(areas)

    def ranges(self, cell: Address) -> tuple[Range, ...]:
        """The ranges that a cell's formula names."""
        return self._ranges(cell)

    def of(self, cell: Address) -> list[Address]:
        """Every cell that a cell's formula reads, in the order of its text, each once; empty cells too."""
        return [*self._cells(cell)]

    def _read_cells(self, cell: Address) -> tuple[Address, ...]:
        found: dict[Address, None] = {}
        for area in self.ranges(cell):
            used = self._table.clip(area)
            if len(found) + used.size > MAX_CELLS:
                break
            found.update(((used.sheet, row, column), None) for row, column in used.cells())
        return tuple(found)

    def is_copy(self, cell: Address) -> bool:
        """Whether a formula only repeats another cell: `=B9`."""
        text = self._table.texts.get(cell)
        ref = None if text is None else plain_reference(text.strip().removeprefix("+"))
        return ref is not None and ref.kind == "cell"

    def users(self, cell: Address) -> set[Address]:
        """Who reads a cell, or a copy of it; the copies are among them."""
        return reached([cell], self.readers, through=self.is_copy)

    @cached_property
    def _all(self) -> tuple[dict[Address, list[int]], np.ndarray, np.ndarray, list[str]]:
        """Who reads each cell by itself or in a small range; larger ones as rows (reader, sheet, top, left, …)."""
        sheets = list(self._table.content.sheets)
        number = {name: i for i, name in enumerate(sheets)}
        near: dict[Address, list[int]] = {}
        rows = []
        for position in self._table.formulas:
            for a in self.ranges(self._table.addresses[position]):
                if a.size > _SMALL:
                    rows.append((position, number.get(a.sheet, -1), a.top, a.left, a.top + a.rows, a.left + a.columns))
                    continue
                for row, column in a.cells():
                    near.setdefault((a.sheet, row, column), []).append(position)
        array = np.array(rows, dtype=np.int64).reshape(-1, 6)
        return near, array[:, 0], array[:, 1:], sheets

    def readers(self, cell: Address) -> list[Address]:
        """The formula cells that read a cell."""
        return list(self._readers(cell))

    def _find_readers(self, cell: Address) -> tuple[Address, ...]:
        near, readers, areas, sheets = self._all
        sheet, row, column = cell
        if sheet not in sheets:
            return ()
        hit = (areas[:, 0] == sheets.index(sheet)) & (areas[:, 1] <= row) & (row < areas[:, 3])
        hit &= (areas[:, 2] <= column) & (column < areas[:, 4])
        return tuple(self._table.addresses[i] for i in sorted({*near.get(cell, ()), *readers[hit].tolist()}))

    def connected(self, start: Iterable[Address]) -> set[Address]:
        """The formula cells that are connected with any of the given cells by references, in whatever direction.

        In a very large workbook, those on the worksheets of these cells and of cells that read them.
        """
        if len(self._table.formulas) > _LARGE:
            return self._on_same_sheets(set(start))
        formulas = [self._table.addresses[position] for position in self._table.formulas]
        group = joined((cell, formula) for formula in formulas for cell in (formula, *self.of(formula)))
        groups = {group.get(cell) for cell in start}
        return {formula for formula in formulas if group[formula] in groups}

    def _on_same_sheets(self, start: set[Address]) -> set[Address]:
        sheets = {sheet for sheet, _, _ in start}
        formulas = [self._table.addresses[position] for position in self._table.formulas]
        readers: set[str] = set()
        for cell in formulas:
            if (
                cell[0] not in sheets
                and cell[0] not in readers
                and any(area.sheet in sheets for area in self.ranges(cell))
            ):
                readers.add(cell[0])
        return {cell for cell in formulas if cell[0] in sheets or cell[0] in readers}

    def in_order(self, cells: Iterable[Address]) -> list[Address]:
        """Cells in order of calculation: each after those of them that it reads, directly or through them."""
        wanted = dict.fromkeys(cells)
        return in_turn(wanted, lambda cell: filter(wanted.__contains__, self.of(cell)))


def picked_cells(text: str, sheet: str, table: CellTable) -> Mapping[Range, Range | None]:
    """The ranges of a formula of which one cell is read, and this cell; of those with the words none is.

    Its place, or the word that it stands beside, is typed, as in `INDEX(B2:B10,3)`,
    `INDEX(B2:B10,MATCH("w3",A2:A10,0))` and `VLOOKUP("w3",A2:B10,2,FALSE)`, as people read the weights that Solver
    changes. The others of the range are not read: a weight that nobody takes stands there for nothing.

    Args:
        text: the formula.
        sheet: its worksheet.
        table: the cells.
    """
    node = parsed(text) if _PICKS.search(text) else None
    found: dict[Range, Range | None] = {}
    for own in () if node is None else walk(node):
        match own:
            case FunctionCall(name="INDEX", arguments=(Reference(area=area), _, *_) as given):
                at = given[1:]
                row, column, *_ = (*(_place(each, sheet, table) for each in at), 1)
                if len(at) == 1 and area.rows == 1:
                    row, column = 1, row
                looked_up = [own for each in at for own in walk(each) if isinstance(own, Reference)]
            case FunctionCall(
                name="VLOOKUP", arguments=(key, Reference(area=area), Literal(value=float(number)), exact)
            ):
                is_exact = exact == Literal(0.0) or exact == Literal(False) or exact == FunctionCall("FALSE", ())
                words = Reference(replace(area, columns=1))
                row = _place(FunctionCall("MATCH", (key, words, Literal(0.0))), sheet, table) if is_exact else 0
                column, looked_up = int(number), []
            case _:
                continue
        if 0 < row <= area.rows and 0 < column <= area.columns:
            found |= {_on(each.area, sheet): None for each in looked_up}
            found[_on(area, sheet)] = Range(_on(area, sheet).sheet, area.top + row - 1, area.left + column - 1, 1, 1)
    return found


def _place(node: Node, sheet: str, table: CellTable) -> int:
    """A place in a range, counted from 1, that is typed or that of a typed word or number; 0 if it is computed."""
    match node:
        case Literal(value=float(number)):
            return int(number)
        case FunctionCall(name="MATCH", arguments=(Literal(value=key), Reference(area=area), Literal(value=0.0))):
            keys = table.clip(_on(area, sheet))
            for number, (row, column) in enumerate(keys.cells(), start=1):
                cell = table.cell((keys.sheet, row, column))
                if cell is not None and cell.formula is None and _folded(cell.value) == _folded(key):
                    return number
    return 0


def _on(area: Range, sheet: str) -> Range:
    return area if area.sheet else replace(area, sheet=sheet)


def _folded(value: object) -> object:
    return value.casefold() if isinstance(value, str) else value
