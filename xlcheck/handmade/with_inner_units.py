"""Worksheets whose formulas hold whole units, as if these stood in cells; and what is said of them, put back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from xlcheck.errors import EngineError
from xlcheck.formulas.addresses import cell_name
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.inner_units import InnerUnits, inner_units
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable, address_of, show
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.summary import Abstention
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.report import CellResult, Status
from xlcheck.workbook.content import Cell, SheetContent

_CLOSE = 1e-9
_WITHIN = "A unit within this formula is wrong"


@dataclass(frozen=True)
class WithInnerUnits:
    """Some worksheets in which the units within formulas stand in cells of their own.

    Attributes:
        part: the worksheets.
        answers: what they compute.
        original: the worksheets as they are.
        moved: the units.
    """

    part: SheetGroup
    answers: Answers
    original: SheetGroup
    moved: InnerUnits

    def part_as_written(self, part: Part) -> Part:
        """What became of the worksheets, told of the formulas that stand there."""
        results: dict[Address, CellResult] = {}
        for result in part.results:
            if isinstance(result, CellResult):
                own = self._result(result)
                cell = address_of(own.sheet, own.cell)
                if cell not in results or (own.status is Status.ROOT and results[cell].status is not Status.ROOT):
                    results[cell] = own
        apart = sum(cell in self.moved.units for cell in part.held)
        held = {cell: name for cell, name in part.held.items() if cell not in self.moved.units}
        return replace(
            part, results=[*results.values()], formula_cells=part.formula_cells - apart,
            checked=part.checked - apart, notes=(*map(self._text, part.notes),), held=held,
        )  # fmt: skip

    def abstention_as_written(self, left: Abstention) -> Abstention:
        """Cells without a verdict, told of the formulas that stand there."""
        cells = sorted({self.moved.units.get(cell, cell) for cell in left.cells})
        return replace(
            left, table=self.original.table, values=self.original.values, cells=cells, reason=self._text(left.reason)
        )

    def _result(self, result: CellResult) -> CellResult:
        cell = address_of(result.sheet, result.cell)
        if cell not in self.moved.texts:
            return replace(result, message=self._text(result.message))
        host = self.moved.units.get(cell, cell)
        inside = f"{_WITHIN}: {result.quantity}." if host != cell else self._text(result.message)
        return replace(
            result, sheet=host[0], cell=cell_name(*host[1:]), formula=f"={self.original.table.texts[host]}",
            desired_formula=None, message=inside,
        )  # fmt: skip

    def _text(self, text: str) -> str:
        for cell, host in self.moved.units.items():
            text = text.replace(show(cell), show(host))
        return text


def with_inner_units(part: SheetGroup, answers: Answers) -> WithInnerUnits | None:
    """Some worksheets with the units that stand within their formulas in cells of their own.

    None if there are none, if the engine takes no formulas, or if what it makes of these is not what it made of the
    file: then something was misread.

    Args:
        part: the worksheets.
        answers: what they compute.
    """
    if not answers.engine.takes_formulas:
        return None
    moved = inner_units(part.table, CellTerms(part.table, part.values))
    if moved is None:
        return None
    table = CellTable(replace(part.table.content, sheets=dict(_sheets(part.table, moved))))
    sessions = answers.sessions.amended(table, moved.texts, {})
    try:
        values = table.recalculate(sessions.saved())
    except EngineError:
        return None
    places = [table.index[cell] for cell in part.table.addresses]
    if not np.allclose(values.numbers[places], part.values.numbers, rtol=_CLOSE, atol=_CLOSE, equal_nan=True):
        return None
    own = SheetGroup(part.sheets, table, values, Precedents(table))
    return WithInnerUnits(own, replace(answers, sessions=sessions, values=values), part, moved)


def _sheets(table: CellTable, moved: InnerUnits) -> Iterator[tuple[str, SheetContent]]:
    for name, sheet in table.content.sheets.items():
        own: Mapping[Address, str] = {cell: text for cell, text in moved.texts.items() if cell[0] == name}
        cells = dict(sheet.cells)
        for cell, text in own.items():
            old = cells.get(cell[1:])
            cells[cell[1:]] = Cell(None, text) if old is None else replace(old, formula=text, value=None)
        yield name, replace(sheet, cells=cells)
