"""Worksheets whose formulas scale inputs, as if these were scaled in cells; and what is said of them, put back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from xlcheck.handmade.beside.preparation import against
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.results import blamed
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.rewriting.rewritten import WithOwnCells, rewritten
from xlcheck.handmade.rewriting.scaled_inputs import scaled_inputs
from xlcheck.verdicts.parts import Part

_MOST = 4_000
"""Formulas; what is larger has its inputs scaled in cells."""


@dataclass(frozen=True)
class WithScaledInputs(WithOwnCells):
    """Some worksheets in which inputs are scaled in cells of their own."""

    done: ClassVar[str] = "scaled"

    def may_be_told(self, found: Iterable[Part]) -> bool:
        """Nobody is blamed for a cell that the workbook does not have; and each scales its input as it would there."""
        several = [*found]
        part, judged = self.part, {cell for each in several for cell in each.held}
        why = against(part.table, part.values, part.precedents, sorted(self.own_cells), judged)
        return blamed(several).keys().isdisjoint(self.own_cells) and not any(why)


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
    return None if moved is None or new is None else WithScaledInputs(*new, part, moved.inputs)
