"""Worksheets whose formulas hold whole units, as if these stood in cells; and what is said of them, put back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from xlcheck.formulas.addresses import cell_name
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.accepting.summary import Abstention
from xlcheck.handmade.reading.cells import address_of, show
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.rewriting.inner_units import InnerUnits, inner_units
from xlcheck.handmade.rewriting.rewritten import Rewritten, renamed, rewritten
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.report import CellResult, Status

_WITHIN = "A unit within this formula is wrong"


@dataclass(frozen=True)
class WithInnerUnits(Rewritten):
    """Some worksheets in which the units within formulas stand in cells of their own.

    Attributes:
        moved: the units.
    """

    moved: InnerUnits

    def put_back(self, found: Iterable[Part], left_out: Iterable[Abstention]) -> tuple[list[Part], list[Abstention]]:
        """What became of the worksheets, each cell told of once: for a unit within it, or as one without a verdict."""
        parts, left = super().put_back(found, left_out)
        without = {cell for own in left for cell in own.cells}
        for number, own in enumerate(parts):
            told = _told(own) & without & {*self.moved.units.values()}
            parts[number] = replace(own, formula_cells=own.formula_cells + len(told), checked=own.checked + len(told))
            without -= told
        return parts, [replace(own, cells=[cell for cell in own.cells if cell in without]) for own in left]

    def _part(self, part: Part) -> Part:
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

    def _abstention(self, left: Abstention) -> Abstention:
        cells = sorted({self.moved.units.get(cell, cell) for cell in left.cells})
        return replace(super()._abstention(left), cells=cells)

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
        return renamed(text, {cell: show(host) for cell, host in self.moved.units.items()})


def _told(part: Part) -> set[Address]:
    """The cells of which something is said."""
    return {address_of(own.sheet, own.cell) for own in part.results if isinstance(own, CellResult)}


def with_inner_units(part: SheetGroup, answers: Answers) -> WithInnerUnits | None:
    """Some worksheets with the units that stand within their formulas in cells of their own.

    None if there are none, if the engine takes no formulas, or if something was misread.

    Args:
        part: the worksheets.
        answers: what they compute.
    """
    moved = inner_units(part.table, part.terms) if answers.engine.takes_formulas else None
    new = None if moved is None else rewritten(part, answers, moved.texts, {})
    return None if moved is None or new is None else WithInnerUnits(*new, part, moved)
