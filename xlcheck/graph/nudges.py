"""Nudges: each weight a little larger and a little smaller, to see what the loss does. Gradients without calculus."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xlcheck.graph.gradients import PREFIX
from xlcheck.graph.quantities import Band, Graph, Quantity, Role
from xlcheck.graph.scalars import Index, indices

DELTA = "nudge.delta"
"""The quantity that says how far a weight is nudged."""

SIZE = 1e-5
"""How far, unless somebody changes it: the loss's curve leaves an error of about δ², rounding one of 1e-16/δ."""

NUDGED = "nudged "
"""What stands before the names of quantities of nudged runs where they stand beside those of an epoch."""


@dataclass(frozen=True)
class Nudge:
    """One number of one weight, made larger or smaller.

    Attributes:
        index: which element of it.
        sign: 1 or -1.
    """

    weight: Quantity
    index: Index
    sign: int


def nudges(graph: Graph) -> Iterator[Nudge]:
    """Up and down for each number of each weight that has a gradient in a graph."""
    for q in graph:
        if q.band.role is Role.WEIGHT and q.expr is None and f"{q.band.layer}.{PREFIX}{q.band.symbol}" in graph:
            for index in indices(q):
                yield Nudge(q, index, 1)
                yield Nudge(q, index, -1)


def delta_quantity() -> Quantity:
    """How far a weight is nudged, as a quantity that is given."""
    layer, _, symbol = DELTA.partition(".")
    return Quantity(Band(layer, symbol, Role.INPUT, "δ", "", "How far each weight is nudged."), None, (1,), shared=True)
