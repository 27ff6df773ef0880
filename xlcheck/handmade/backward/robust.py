"""Losses that count large errors less than their squares: absolute errors, and Huber's (1964), squares up to a bound.

Both have a slope that does not grow: the sign of an error, for Huber times the bound beyond which it is taken.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from xlcheck.formulas.algebra import Function, Leaf, subterms
from xlcheck.handmade.backward.held_numbers import bounds_of_sizes
from xlcheck.handmade.backward.steps import Step
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.learning.dense_gradients import ABSOLUTE, bound_of, huber

_SIZES = frozenset({"ABS", "SIGN"})
_MOST = 2
"""Bounds that are tried."""


def robust_losses(terms: CellTerms) -> list[str]:
    """The losses besides the usual ones that formulas speak of."""
    names = {part.name for part in subterms(*terms.values()) if isinstance(part, Function)}
    found = (terms.number(own.cell) if isinstance(own, Leaf) else own for own in bounds_of_sizes(terms))
    numbers = dict.fromkeys(float(own) for own in found if isinstance(own, float | int) and own > 0)
    return [*([ABSOLUTE] if names & _SIZES else []), *map(huber, [*numbers][:_MOST])]


def is_told(steps: Iterable[Step]) -> bool:
    """Whether errors of each output are both smaller and larger than the bound of the loss, if it has one."""
    for truth in (step.truth for step in steps):
        if (bound := bound_of(truth.loss)) is None:
            return True
        known = [s for s, sample in enumerate(truth.network.samples) if sample.targets]
        small = np.abs(truth.layers[-1].y - truth.targets)[:-1, known] < bound
        if not small.any(axis=0).all() or small.all(axis=0).any():
            return False
    return True


def is_robust(loss: str) -> bool:
    """Whether a loss is one of these."""
    return loss == ABSOLUTE or bound_of(loss) is not None
