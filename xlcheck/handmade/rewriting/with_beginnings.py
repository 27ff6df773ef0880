"""Worksheets in which each step asks whether a sample begins there, with the state before it or none; put back."""

from __future__ import annotations

from xlcheck.handmade.reading.asked_beginnings import as_begun
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.rewriting.rewritten import ToldAsItStands, rewritten


def with_beginnings(part: SheetGroup, answers: Answers) -> ToldAsItStands | None:
    """Some worksheets whose steps do not ask whether a sample begins; None if none asks, or something was misread.

    Args:
        part: the worksheets.
        answers: what they compute.
    """
    texts = as_begun(part.table) if answers.engine.takes_formulas else {}
    new = rewritten(part, answers, texts, {}) if texts else None
    return None if new is None else ToldAsItStands(*new, part)
