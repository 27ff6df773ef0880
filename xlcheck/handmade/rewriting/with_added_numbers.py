"""Worksheets whose formulas add a number to each line of two tables, of which one is a factor here; and put back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from xlcheck.handmade.accepting.summary import Abstention
from xlcheck.handmade.reading.cells import address_of, show
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.results import blamed
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.rewriting.added_numbers import AddedNumbers, added_numbers, numbers_left_out
from xlcheck.handmade.rewriting.rewritten import ToldAsItStands, renamed, rewritten
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.report import CellResult


@dataclass(frozen=True)
class WithAddedNumbers(ToldAsItStands):
    """Some worksheets in which numbers that are added are factors of ones.

    Attributes:
        moved: these numbers.
    """

    moved: AddedNumbers

    def may_be_told(self, found: Iterable[Part]) -> bool:
        """Nobody is blamed: what is added to what is just what a mistake would change."""
        return not blamed(found)

    def _part(self, part: Part) -> Part:
        results = [self._result(own) for own in part.results if isinstance(own, CellResult)]
        kept = [own for own in results if address_of(own.sheet, own.cell) not in self.moved.sums]
        held = {cell: name for cell, name in part.held.items() if cell not in self.moved.sums}
        apart = len(part.held) - len(held)
        return replace(
            part, results=kept, held=held, formula_cells=part.formula_cells - apart, checked=part.checked - apart,
            notes=(*map(self._text, part.notes),),
        )  # fmt: skip

    def _abstention(self, left: Abstention) -> Abstention:
        return replace(super()._abstention(left), cells=[cell for cell in left.cells if cell not in self.moved.sums])

    def _text(self, text: str) -> str:
        return renamed(text, {cell: f"{show(read)}, added," for cell, read in self.moved.sums.items()})


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
    return None if moved is None or new is None else WithAddedNumbers(*new, part, moved)
