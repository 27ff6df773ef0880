"""Worksheets whose formulas scale inputs, as if these were scaled in cells; and what is said of them, put back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from xlcheck.handmade.accepting.summary import Abstention
from xlcheck.handmade.beside.preparation import against
from xlcheck.handmade.reading.cells import address_of, show
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.results import blamed
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.rewriting.rewritten import ToldAsItStands, renamed, rewritten
from xlcheck.handmade.rewriting.scaled_inputs import ScaledInputs, scaled_inputs
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.report import CellResult

_MOST = 4_000
"""Formulas; what is larger has its inputs scaled in cells."""


@dataclass(frozen=True)
class WithScaledInputs(ToldAsItStands):
    """Some worksheets in which inputs are scaled in cells of their own.

    Attributes:
        moved: these cells.
    """

    moved: ScaledInputs

    def may_be_told(self, found: Iterable[Part]) -> bool:
        """Nobody is blamed for a cell that the workbook does not have; and each scales its input as it would there."""
        several = [*found]
        part, judged = self.part, {cell for each in several for cell in each.held}
        why = against(part.table, part.values, part.precedents, sorted(self.moved.inputs), judged)
        return blamed(several).keys().isdisjoint(self.moved.inputs) and not any(why)

    def _part(self, part: Part) -> Part:
        results = [self._result(own) for own in part.results if isinstance(own, CellResult)]
        kept = [own for own in results if address_of(own.sheet, own.cell) not in self.moved.inputs]
        held = {cell: name for cell, name in part.held.items() if cell not in self.moved.inputs}
        apart = len(part.held) - len(held)
        return replace(
            part, results=kept, held=held, formula_cells=part.formula_cells - apart, checked=part.checked - apart,
            notes=(*map(self._text, part.notes),),
        )  # fmt: skip

    def _abstention(self, left: Abstention) -> Abstention:
        return replace(super()._abstention(left), cells=[cell for cell in left.cells if cell not in self.moved.inputs])

    def _text(self, text: str) -> str:
        return renamed(text, {cell: f"{show(read)}, scaled," for cell, read in self.moved.inputs.items()})


def with_scaled_inputs(part: SheetGroup, answers: Answers) -> WithScaledInputs | None:
    """Some worksheets with the inputs that their formulas scale in cells of their own.

    None if there are none, if the engine takes no formulas, or if something was misread.

    Args:
        part: the worksheets.
        answers: what they compute.
    """
    if not answers.engine.takes_formulas or len(part.table.texts) > _MOST:
        return None
    moved = scaled_inputs(part.table, part.precedents)
    new = None if moved is None else rewritten(part, answers, moved.texts, {}, moved.inputs)
    return None if moved is None or new is None else WithScaledInputs(*new, part, moved)
