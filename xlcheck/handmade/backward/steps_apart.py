"""A training of several steps, taken apart: in each step the weights that it begins with count as given numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.backward.slopes import StepOfDescent
from xlcheck.handmade.backward.updates import find_updates
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.reached import reached

_FEWEST = 2


@dataclass(frozen=True)
class StepsApart:
    """The steps of a training.

    Attributes:
        updates: updated cell → the weight before it, itself updated in all steps but the first.
        steps: what happens in each of them.
        unfinished: the formulas that are computed from the last weights.
        learnt: all that are computed from weights.
    """

    updates: Mapping[Address, Address]
    steps: Sequence[StepOfDescent]
    unfinished: frozenset[Address]
    learnt: frozenset[Address]


def steps_apart(terms: CellTerms) -> StepsApart | None:
    """The steps in which typed weights move one after the other; None if there are not several, or some read others.

    Args:
        terms: what the formulas compute.
    """
    order = terms.in_order()
    updates = find_updates(terms, order, terms.reads)
    step = {weight: 0 for weight in updates.values() if weight not in updates}
    if not step.keys().isdisjoint(terms):
        return None
    for update, weight in updates.items():
        if weight not in step:  # they go round in a circle
            return None
        step[update] = step[weight] + 1
    sizes = Counter(step.values())
    if len(sizes) <= _FEWEST or len({*sizes.values()}) > 1:
        return None
    of: dict[Address, frozenset[int]] = {}
    for cell in order:
        above = [frozenset((step[read],)) if read in step else of.get(read, frozenset()) for read in terms.reads[cell]]
        of[cell] = frozenset().union(*above)
    if any(of[update] != {step[weight]} for update, weight in updates.items()):
        return None
    steps = []
    for number in range(len(sizes) - 1):
        begins = [cell for cell, its in step.items() if its == number]
        own = [cell for cell in order if of[cell] == {number}]
        data = reached(own, lambda cell: terms.reads.get(cell, ()), among=lambda cell: of.get(cell) == frozenset())
        steps.append(StepOfDescent(terms.restricted([*own, *data], begins), {}))
    if not all(own.is_likely and len(own.updates) == sizes[0] for own in steps):
        return None
    unfinished = frozenset(cell for cell in order if of[cell] == {len(steps)})
    return StepsApart(updates, steps, unfinished, frozenset(cell for cell in order if of[cell]))
