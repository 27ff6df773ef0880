"""An edit and what worksheets become under it, as it is weighed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.arrangement import Arrangement
from xlcheck.handmade.equations.polynomials import cell_of
from xlcheck.handmade.equations.term_changes import Edit


@dataclass(frozen=True, eq=False)
class Candidate:
    """An edit, and the arrangement of the part under it.

    Attributes:
        edit: cell → what it would compute.
        arrangement: the layers that the part has then.
    """

    edit: Edit
    arrangement: Arrangement


def seeming_weights(base: Arrangement) -> set[Address]:
    """Cells that seem to be weights, whatever the layers are."""
    votes = Counter[Address]()
    sure = set[Address]()
    for instance in base.recognised.instances:
        votes.update(map(cell_of, instance.weights))
        votes.subtract(map(cell_of, instance.inputs))
        sure |= {cell_of(w) for x, w in instance.pairs if x is not None and base.reads.is_formula(cell_of(x))}
    others = {
        cell_of(x)
        for instance in base.recognised.instances
        for x, w in instance.pairs
        if x is not None and cell_of(w) in sure
    }
    return {cell for cell, count in votes.items() if count > 0 and cell not in others} | sure
