"""Worksheets whose formulas add a number to each line of two tables, of which one is a factor here; and put back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.results import blamed
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.rewriting.added_numbers import added_numbers, numbers_left_out
from xlcheck.handmade.rewriting.rewritten import WithOwnCells, rewritten
from xlcheck.verdicts.parts import Part


@dataclass(frozen=True)
class WithAddedNumbers(WithOwnCells):
    """Some worksheets in which numbers that are added are factors of ones."""

    done: ClassVar[str] = "added"

    def may_be_told(self, found: Iterable[Part]) -> bool:
        """Nobody is blamed: what is added to what is just what a mistake would change."""
        return not blamed(found)


def with_added_numbers(part: SheetGroup, answers: Answers) -> WithAddedNumbers | None:
    """Some worksheets with a factor for each number that their formulas add to a line of a table, beside a bias.

    None if there are none, if the engine takes no formulas, or if something was misread.

    Args:
        part: the worksheets.
        answers: what they compute.
    """
    may_be = answers.engine.takes_formulas and not numbers_left_out(part)
    moved = added_numbers(part.table, part.terms) if may_be else None
    new = None if moved is None else rewritten(part, answers, moved.texts, dict.fromkeys(moved.ones, 1.0))
    return None if moved is None or new is None else WithAddedNumbers(*new, part, moved.sums)
