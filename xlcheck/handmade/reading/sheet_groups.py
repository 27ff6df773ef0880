"""A workbook taken apart: worksheets whose formulas read one another belong together, others have nothing to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import joined
from xlcheck.handmade.reading.sheet_copies import unlike_copies


@dataclass(frozen=True)
class SheetGroup:
    """Worksheets that are looked at together, as a workbook of their own.

    Attributes:
        sheets: their names.
        table: their cells.
        values: what they hold.
        precedents: who reads what.
        as_in_copies: the cells that all other copies of their worksheet have otherwise, and the formula there.
    """

    sheets: tuple[str, ...]
    table: CellTable
    values: CellValues
    precedents: Precedents
    as_in_copies: Mapping[Address, str] = field(default_factory=dict)

    @cached_property
    def terms(self) -> CellTerms:
        """What their formulas compute."""
        return CellTerms(self.table, self.values)

    @cached_property
    def marks(self) -> frozenset[Address]:
        """The formulas that give a word or a truth value, such as DONE: nobody means a number there."""
        index, values = self.table.index, self.values
        return frozenset(cell for cell in self.table.texts if isinstance(values[index[cell]], str | bool))


def sheet_groups(table: CellTable, values: CellValues, precedents: Precedents) -> list[SheetGroup]:
    """The groups of worksheets with formulas, smallest first."""
    groups = _joined(table, precedents)
    counts = dict.fromkeys(groups, 0)
    of_sheet = {sheet: group for group in groups for sheet in group}
    for cell in table.texts:
        counts[of_sheet[cell[0]]] += 1
    with_formulas = [group for group in groups if counts[group]]
    odd = unlike_copies(table)
    if len(with_formulas) == 1:
        return [SheetGroup(with_formulas[0], table, values, precedents, odd)]
    return [_part(group, table, values, odd) for group in sorted(with_formulas, key=lambda group: counts[group])]


def _joined(table: CellTable, precedents: Precedents) -> list[tuple[str, ...]]:
    """Worksheets in groups: those that read one another are in one."""
    sheets = table.content.sheets
    group = joined((*((sheet, sheet) for sheet in sheets), *set(_reads(table, precedents))))
    return [tuple(s for s in sheets if group[s] == own) for own in dict.fromkeys(group[s] for s in sheets)]


def _reads(table: CellTable, precedents: Precedents) -> Iterator[tuple[str, str]]:
    for cell in table.texts:
        for area in precedents.ranges(cell):
            if area.sheet != cell[0] and area.sheet in table.content.sheets:
                yield cell[0], area.sheet


def _part(sheets: tuple[str, ...], table: CellTable, values: CellValues, odd: Mapping[Address, str]) -> SheetGroup:
    content = table.content
    part = CellTable(replace(content, sheets={name: content.sheets[name] for name in content.sheets if name in sheets}))
    own = values.at([table.index[cell] for cell in part.addresses])
    return SheetGroup(sheets, part, own, Precedents(part), {c: text for c, text in odd.items() if c[0] in sheets})
