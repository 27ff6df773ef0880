"""Worksheets on which only pairs with a rating have a result, as if all had one in a cell of its own; and put back.

The formula of a pair with a rating repeats that cell, and that of any other is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from xlcheck.handmade.accepting.summary import Abstention
from xlcheck.handmade.reading.cells import address_of, show
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.results import blamed
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.rewriting.rated_pairs import RatedPairs, rated_pairs
from xlcheck.handmade.rewriting.rewritten import ToldAsItStands, renamed, rewritten
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.report import CellResult


@dataclass(frozen=True)
class WithRatedPairs(ToldAsItStands):
    """Some worksheets on which each pair has a result.

    Attributes:
        pairs: these results.
    """

    pairs: RatedPairs

    def may_be_told(self, found: Iterable[Part]) -> bool:
        """Nobody is blamed: a formula may be wrong in what it asks for, too."""
        return not blamed(found)

    def put_back(self, found: Iterable[Part], left_out: Iterable[Abstention]) -> tuple[list[Part], list[Abstention]]:
        """What became of the worksheets, told of the formulas that stand there, and of those without a rating."""
        parts, left = super().put_back(found, left_out)
        table = self.original.table
        others = sorted(self.pairs.without.intersection(table.texts).difference(self.pairs.results.values()))
        return parts, [*left, Abstention(table, self.original.values, others, "", matters=False)]

    def _part(self, part: Part) -> Part:
        held = {self.pairs.results.get(cell, cell): name for cell, name in part.held.items()}
        results = [own for own in part.results if isinstance(own, CellResult)]
        kept = [own for own in results if address_of(own.sheet, own.cell) not in held]
        return replace(
            part, results=[*map(self._result, kept)], held=held, notes=(*map(self._text, part.notes),),
            formula_cells=part.formula_cells - (len(results) - len(kept)),
        )  # fmt: skip

    def _abstention(self, left: Abstention) -> Abstention:
        cells = dict.fromkeys(self.pairs.results.get(cell, cell) for cell in left.cells)
        return replace(super()._abstention(left), cells=[*cells])

    def _text(self, text: str) -> str:
        return renamed(text, {cell: show(own) for cell, own in self.pairs.results.items()})


def with_rated_pairs(part: SheetGroup, answers: Answers) -> WithRatedPairs | None:
    """Some worksheets on which each pair has a result; None if all have one, or if something was misread.

    Args:
        part: the worksheets.
        answers: what they compute.
    """
    pairs = rated_pairs(part) if answers.engine.takes_formulas else None
    new = None if pairs is None else rewritten(part, answers, pairs.texts, {}, emptied=pairs.without)
    return None if pairs is None or new is None else WithRatedPairs(*new, part, pairs)
