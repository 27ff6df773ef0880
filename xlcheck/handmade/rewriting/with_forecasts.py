"""Worksheets in which a series goes on with its forecasts: as if these were given, as all other numbers of it are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.accepting.summary import Abstention
from xlcheck.handmade.reading.engine_choice import Answers
from xlcheck.handmade.reading.forecasts import forecasts
from xlcheck.handmade.reading.reached import reached
from xlcheck.handmade.reading.results import blamed
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.handmade.rewriting.rewritten import Rewritten, rewritten
from xlcheck.verdicts.parts import Part


@dataclass(frozen=True)
class WithForecasts(Rewritten):
    """Some worksheets on which results are given where they go on with a series.

    Attributes:
        shown: the cells that show them there → the results.
    """

    shown: Mapping[Address, Address]

    def may_be_told(self, found: Iterable[Part]) -> bool:
        """Nobody is blamed for what follows, through a forecast, from what is wrong."""
        return self.shown.keys().isdisjoint(reached(blamed(found), self.original.precedents.readers))

    def put_back(self, found: Iterable[Part], left_out: Iterable[Abstention]) -> tuple[list[Part], list[Abstention]]:
        """The same, and that the cells which show a result are right where this is."""
        parts, left = super().put_back(found, left_out)
        judged = set[Address]().union(*(part.held for part in parts)) - blamed(parts).keys()
        right = {cell: "forecast" for cell, own in self.shown.items() if own in judged}
        rest = sorted(self.shown.keys() - right.keys())
        left.append(Abstention(self.original.table, self.original.values, rest, "", matters=False))
        return [*parts, Part([], len(right), len(right), held=right)] if right else parts, left


def with_forecasts(part: SheetGroup, answers: Answers) -> WithForecasts | None:
    """Some worksheets with the forecasts given that go on with a series; None if there are none.

    Args:
        part: the worksheets.
        answers: what they compute.
    """
    shown = forecasts(part.table, part.precedents) if answers.engine.takes_formulas else {}
    numbers = {cell: part.values.numbers[part.table.index[cell]] for cell in shown}
    new = rewritten(part, answers, {}, {cell: float(own) for cell, own in numbers.items()}) if shown else None
    return None if new is None else WithForecasts(*new, part, shown)
