"""Formulas as functions of the results and typed numbers that they come from, through whatever cells."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence, Set
from functools import cached_property, lru_cache
from typing import TypeVar

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address, Function, Leaf, Product, Term, number_of, subterms
from xlcheck.formulas.arrays import array_of
from xlcheck.handmade.effort import require_time
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.reached import in_turn, reached

Results = Mapping[tuple[int, int], Address]
"""(step or sample, unit) → the cell of a result."""

_Value = TypeVar("_Value")
_MOST = 400
"""Formulas behind a layer up to which it is looked for another one."""


def formulas_behind(
    cells: Collection[Address], terms: CellTerms, taken: Collection[Address], most: float = math.inf
) -> list[Address]:
    """The formulas that are computed from some cells and belong to no layer, in order of calculation.

    Args:
        cells: the cells.
        terms: what each formula computes.
        taken: the cells of layers.
        most: of more than so many none is given.
    """
    found, stack = set[Address](), [*cells]
    while stack:
        new = [own for own in terms.readers.get(stack.pop(), ()) if own not in found and own not in taken]
        found.update(new)
        stack += new
        if len(found) > most:
            return []
    return sorted(found, key=lambda own: (terms.in_no_circle.get(own, len(terms)), own))


def leaves_above(cell: Address, terms: CellTerms, stops: Collection[Address], most: float = math.inf) -> set[Address]:
    """The cells that a formula is computed from in the end, down to results and typed numbers.

    Args:
        cell: the formula.
        terms: what each formula computes.
        stops: the results.
        most: how many are of interest; of more only some are given, more than these.
    """
    leaves = set[Address]()
    for own in each_leaf_above(cell, terms, stops):
        leaves.add(own)
        if len(leaves) > most:
            break
    return leaves


def each_leaf_above(cell: Address, terms: CellTerms, stops: Collection[Address]) -> Iterator[Address]:
    """The same cells, each as soon as it is found.

    Args:
        cell: the formula.
        terms: what each formula computes.
        stops: the results.
    """
    found, stack = {cell}, [cell]
    while stack:
        for own in terms.reads.get(stack.pop(), ()):
            if own not in found:
                found.add(own)
                if own in terms and own not in stops:
                    stack.append(own)
                else:
                    yield own


def number_under(cell: Address, known: Mapping[Address, float], terms: CellTerms) -> float:
    """What a formula gives if some cells hold other numbers; NaN in a circle."""
    return numbers_under([cell], known, terms)[cell]


def numbers_under(
    cells: Sequence[Address], known: Mapping[Address, float], terms: CellTerms
) -> Mapping[Address, float]:
    """What some formulas give if some cells hold other numbers, each computed once; NaN in a circle."""
    values = {cell: own for cell, own in known.items() if cell not in cells}
    moving = _moving(values, terms)

    def given(term: Term) -> float | None:
        if not isinstance(term, Leaf):
            return None
        return (
            values.get(term.cell, math.nan) if term.cell in moving else values.get(term.cell, terms.number(term.cell))
        )

    _compute(cells, values, terms, moving, lambda own: number_of(terms[own], given))
    return values


def _arrays_under(
    cells: Sequence[Address], known: Mapping[Address, Array], terms: CellTerms
) -> Mapping[Address, Array]:
    """The same for several numbers in each of the cells."""
    values = {cell: own for cell, own in known.items() if cell not in cells}
    moving = _moving(values, terms)

    def given(leaf: Leaf) -> Array:
        number = math.nan if leaf.cell in moving else terms.number(leaf.cell)
        return values[leaf.cell] if leaf.cell in values else np.array(number)

    _compute(cells, values, terms, moving, lambda own: array_of(terms[own], given))
    return values


def _moving(known: Collection[Address], terms: CellTerms) -> set[Address]:
    """The formulas that give another number if some cells hold others."""
    return reached(known, lambda cell: terms.readers.get(cell, ()))


def _compute(
    cells: Sequence[Address], values: dict[Address, _Value], terms: CellTerms, moving: Container[Address],
    value: Callable[[Address], _Value],
) -> None:  # fmt: skip
    """Add the values of some formulas, and of those through which others reach them, each once."""
    left = (cell for cell in cells if cell not in values)
    for own in in_turn(left, lambda cell: [o for o in terms.reads.get(cell, ()) if o in moving and o not in values]):
        values[own] = value(own)


class Functions:
    """The formulas behind some results, each as a function of what it is computed from.

    Args:
        terms: what each formula computes.
        taken: the cells of layers.
        known: all results.
        given: what layers are given, which may be computed, too.
    """

    def __init__(
        self,
        terms: CellTerms,
        taken: Collection[Address],
        known: Collection[Address],
        given: Set[Address] = frozenset(),
    ) -> None:
        self._terms, self.known, self._given = terms, frozenset(known), given
        behind = (cell for cell in formulas_behind(known, terms, taken, _MOST) if cell in terms.in_no_circle)
        self.of = self._leaves([cell for cell in behind if not self._is_copy(cell)])
        self.taken = taken

    def _is_copy(self, cell: Address) -> bool:
        """Whether a formula holds what another one behind the results holds: it is that function once more."""
        term = self._terms[cell]
        return isinstance(term, Leaf) and term.cell in self._terms and term.cell not in self.known

    def _leaves(self, cells: Sequence[Address]) -> dict[Address, frozenset[Address]]:
        """Of each of some formulas what it is computed from, as above; found once for all that is computed with."""
        found: dict[Address, frozenset[Address]] = {}
        reads = self._terms.reads

        def computed(cell: Address) -> list[Address]:
            return [o for o in reads[cell] if o in self._terms and o not in self.known and o not in self._given]

        for own in in_turn(cells, computed):
            between = computed(own)
            found[own] = frozenset({*reads[own]}.difference(between).union(*(found[o] for o in between)))
        return {cell: found[cell] for cell in cells}

    def values(self, cell: Address, given: Sequence[Address], numbers: Array) -> Array:
        """What a formula gives for each row of numbers in the cells that it is computed from."""
        return self.values_of([cell], given, numbers)[cell]

    def values_of(self, cells: Sequence[Address], given: Sequence[Address], numbers: Array) -> Mapping[Address, Array]:
        """What each of some formulas gives for each row of numbers in the cells that they are computed from."""
        require_time()
        if len(numbers) == 1:  # quicker by far without arrays
            known = numbers_under(cells, dict(zip(given, numbers[0].tolist(), strict=True)), self._terms)
            return {cell: np.array([known[cell]]) for cell in cells}
        found = _arrays_under(cells, dict(zip(given, numbers.T, strict=True)), self._terms)
        return {cell: np.broadcast_to(found[cell], len(numbers)) for cell in cells}

    @cached_property
    def take_roots(self) -> bool:
        """Whether one of them takes a root, without which nothing is normalised."""
        return any(_takes_a_root(self._terms[cell]) for cell in self.of)

    def only_reader(self, cells: Sequence[Address]) -> Address | None:
        """The one formula that reads all of some cells, and nothing else; None if others read one of them, too."""
        readers = {own for cell in cells for own in self._terms.readers.get(cell, ())}
        reader = readers.pop() if len(readers) == 1 else None
        return reader if reader is not None and self.of.get(reader) == frozenset(cells) else None

    def number(self, cell: Address) -> float:
        """What a cell holds."""
        return self._terms.number(cell)

    def between(self, outputs: Collection[Address], inputs: Collection[Address]) -> frozenset[Address]:
        """The formulas of results, and those through which they are computed."""

        def counts(cell: Address) -> bool:
            return cell in self._terms and cell not in inputs and cell not in self.known

        start = {*filter(counts, outputs)}
        return frozenset(start | reached(start, self._terms.reads.__getitem__, among=counts))


@lru_cache(maxsize=16_384)
def _takes_a_root(term: Term) -> bool:
    """Whether a term has a square root, or another power that is no whole number."""
    return any(
        (isinstance(own, Function) and own.name == "SQRT")
        or (isinstance(own, Product) and any(power != int(power) for _, power in own.factors))
        for own in subterms(term)
    )
