"""Forecasts of a series whose network reads changes, as `LN(B4/B3)`: the last known number and the change it is told.

Such a formula undoes how the changes of the series are made, with the last number of which its own change is made.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import permutations

import numpy as np

from xlcheck.formulas.algebra import Address, Term, number_of, outline
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.offsets import offset_between
from xlcheck.handmade.reading.reached import reached

_TWO = 2
"""What a change is made of, and a forecast: the number before, and the next one or its change."""
_TRIALS, _CLOSE = 3, 1e-9


def from_changes(
    among: Collection[Address], terms: CellTerms, results: Collection[Address], given: Collection[Address]
) -> Iterator[tuple[Address, Address]]:
    """The formulas that make the next number of a series of a change that is forecast, with the cell of that change.

    The last one has no next number yet; it does what the others do.

    Args:
        among: formulas that no layer has.
        terms: what each formula computes.
        results: the cells of results, be they put back on a scale.
        given: the cells that layers read and do not compute.
    """
    made = [own for own in given if own in terms]
    behind = {*made, *reached(made, lambda cell: terms.reads.get(cell, ()), among=terms.__contains__)}
    changes: dict[Address, list[tuple[Address, Address]]] = defaultdict(list)
    for change, (before, after) in _pairs(behind, terms):
        if before not in terms and after not in terms:
            changes[before].append((change, after))
    if not changes:
        return
    alike: dict[object, list[tuple[Address, Address, Address]]] = defaultdict(list)
    for cell, (before, told) in _pairs(among, terms):
        if before not in terms and told in results:
            away = offset_between(cell, before), offset_between(cell, told)
            alike[away, outline(terms[cell], (before, told).index)].append((cell, before, told))
    counts = Counter(read for own in made for read in {*terms.reads[own]})
    shared = {own for own, count in counts.items() if count > 1}  # the mean of all changes says nothing of one

    def known_to(told: Address) -> set[Address]:
        return reached([told], lambda own: terms.reads.get(own, ()), through=lambda own: own not in shared)

    for own in alike.values():
        *former, (_, last, told) = own
        is_next = len(own) > _TWO and known_to(told).issuperset(after for _, after in changes.get(last, ()))
        if all(
            before in changes and _fits(cell, before, told, changes[before], known_to(told), terms)
            for cell, before, told in (former if is_next else own)
        ):
            yield from ((cell, told) for cell, _, told in own)


def _pairs(cells: Collection[Address], terms: CellTerms) -> Iterator[tuple[Address, tuple[Address, Address]]]:
    """The formulas that read two cells, with these in either order."""
    for cell in sorted(own for own in cells if own in terms and len(terms.reads[own]) == _TWO):
        for one, other in permutations(terms.reads[cell]):
            yield cell, (one, other)


def _fits(
    cell: Address,
    before: Address,
    told: Address,
    changes: Sequence[tuple[Address, Address]],
    known: Collection[Address],
    terms: CellTerms,
) -> bool:
    """Whether a formula makes the number after another one, of which the change is told and which is not known yet."""
    return before in known and any(
        after not in known and _undoes(cell, before, told, change, after, terms) for change, after in changes
    )


def _undoes(cell: Address, before: Address, told: Address, change: Address, after: Address, terms: CellTerms) -> bool:
    """Whether the number after another one, made of both and of their change, is the same, whatever they are."""
    leaf = terms.algebra.leaf
    for one, other in np.random.default_rng(6).uniform(1.0, 9.0, (_TRIALS, _TWO)).tolist():
        there: dict[Term, float] = {leaf(before): one, leaf(after): other}
        here: dict[Term, float] = {leaf(before): one, leaf(told): number_of(terms[change], there.get)}
        found = number_of(terms[cell], here.get)
        if not abs(found - other) <= _CLOSE * other:
            return False
    return True
