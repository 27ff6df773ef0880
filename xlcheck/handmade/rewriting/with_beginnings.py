"""Worksheets in which each step asks whether a sample begins there, with the state before it or none; put back."""

from __future__ import annotations

from dataclasses import dataclass

from xlcheck.handmade.reading.asked_beginnings import as_begun
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.rewriting.rewritten import Rewritten, rewritten
from xlcheck.verdicts.report import CellResult


@dataclass(frozen=True)
class WithBeginnings(Rewritten):
    """Some worksheets in which a step reads the state before it, or begins a sample, and does not ask."""

    def _result(self, result: CellResult) -> CellResult:
        return self._with_own_formula(result)


def with_beginnings(part: SheetGroup, answers: Answers) -> WithBeginnings | None:
    """Some worksheets whose steps do not ask whether a sample begins; None if none asks, or something was misread.

    Args:
        part: the worksheets.
        answers: what they compute.
    """
    texts = as_begun(part.table) if answers.engine.takes_formulas else {}
    new = rewritten(part, answers, texts, {}) if texts else None
    return None if new is None else WithBeginnings(*new, part)
