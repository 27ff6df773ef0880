"""Worksheets that mask scores where a condition holds, as if each formula knew what it chooses today.

What is masked then is judged as what is always masked: of any mask but that of later steps nobody knows if it is meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.accepting.bench import excerpt
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.masked_scores import LEAST, Score, masked_scores
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.results import roots_of
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.rewriting.rewritten import ToldAsItStands, rewritten
from xlcheck.verdicts.parts import Part


@dataclass(frozen=True)
class WithMaskedScores(ToldAsItStands):
    """Some worksheets in which each score is what its condition chooses today.

    Attributes:
        scores: the formulas that choose.
    """

    scores: Mapping[Address, Score]

    def may_be_told(self, found: Iterable[Part]) -> bool:
        """Nobody is blamed for a score that is masked, or should be: it may be the mask that is wrong."""
        roots = {cell: result.desired for cell, result in roots_of(found).items() if cell in self.scores}
        return all(
            not self.scores[cell].is_masked and isinstance(desired, float) and desired > LEAST
            for cell, desired in roots.items()
        )


def with_masked_scores(part: SheetGroup, answers: Answers) -> WithMaskedScores | None:
    """Some worksheets with the scores that count, and with what is always masked in the place of the others.

    None if there are none, if the engine takes no formulas, or if something was misread.

    Args:
        part: the worksheets.
        answers: what they compute.
    """
    scores = masked_scores(part.table, part.values) if answers.engine.takes_formulas else {}
    if not scores:
        return None
    new = rewritten(part, answers, {cell: own.taken for cell, own in scores.items()}, {})
    if new is None:
        return None
    asked = {cell for at, own in scores.items() for cell in (*own.asked, *own.typed_mask(at[0]))}
    masks = {cell for cell in asked if part.table.is_number(cell) and scores.keys() >= {*part.precedents.readers(cell)}}
    table, values = excerpt(new[0].table, new[0].values, {*new[0].table.addresses} - masks, ())
    own = SheetGroup(part.sheets, table, values, Precedents(table), new[0].as_in_copies)
    return WithMaskedScores(own, new[1], part, scores)
