"""Numbers typed where formulas should stand: an activation, a state, or a product, and of what."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence

from xlcheck.formulas.algebra import Address, Term
from xlcheck.handmade.edits.adding import Adding
from xlcheck.handmade.forms.term_changes import Edit
from xlcheck.handmade.objections.typed_over import typed_over
from xlcheck.handmade.reading.digits import COMPUTED, agrees, digits_of
from xlcheck.handmade.reading.offsets import offset, offset_between

_WRITTEN = frozenset({"TANH", "sigmoid", "relu", "leaky_relu"})
"""The activations that an edit can write in place of a number."""
_NEAR = 2
"""Formulas in line with a number that may add the same bias."""


class TypedCells(Adding):
    """The edits that make formulas of typed numbers, by what stands beside them and is read by nobody."""

    def _typed(self, may_help: Callable[[Collection[Address]], bool]) -> Iterator[Edit]:
        """Typed numbers as what they stand for: each alone, and all that stand in a row or column.

        Args:
            may_help: whether an edit of some cells may be of use.
        """
        yield from self._typed_activations()
        numbers = self._table.typed_numbers
        for cell in numbers:
            for cells in filter(may_help, self._runs_of_numbers(cell)):
                yield from self._sums_of_idle(cells)
                yield from self._joined(cells)
                yield from self._weighed_idle(cells, [numbers[x] for x in cells])
            yield from self._divided_by(cell) if may_help([cell]) else ()

    def _runs_of_numbers(self, cell: Address) -> Iterator[list[Address]]:
        """A typed number, those that follow it in a line, perhaps behind a first state, and those of further blocks.

        In blocks that repeat a step, they stand to formulas of a family as the first number does to the first of these.
        """
        yield [cell]
        for run in self._numbers_from(cell):
            yield run
            yield run[1:]
        for source in self._sources(cell):
            for family in self._families(source):
                if family[0] == source:
                    found = self._numbers_like(family, offset_between(source, cell))
                    yield from (found,) if found else ()

    def _typed_activations(self) -> Iterator[Edit]:
        """Numbers that are, to the last digit, activations of sums: each alone, and all that stand to theirs alike."""
        alike: dict[object, dict[Address, Term]] = defaultdict(dict)
        for own in typed_over(self._terms, self._table):
            leaf = self._terms.algebra.leaf(own.of)
            bent = self._activated(leaf, own.activation, only=True) if own.activation in _WRITTEN else ()
            for term in [self._softmax(own.of, own.among)] if own.among else bent:
                if isinstance(term, Term):
                    yield from () if own.among else ({own.cell: term},)
                    alike[own.cell[1] - own.of[1], own.cell[2] - own.of[2], own.activation][own.cell] = term
        yield from alike.values()

    def _sums_of_idle(self, cells: Sequence[Address]) -> Iterator[Edit]:
        """Numbers as formulas that nobody reads, which stand to each in one way: a sum, an activation."""
        idle, last, algebra = self._idle_beside(cells), cells[-1], self._terms.algebra
        for own in ([x] for x in idle) if len(idle) == 1 else (*([x] for x in idle), idle):
            sums = []
            for cell in cells:
                by = offset_between(last, cell)
                sums.append(algebra.sum(self._number_in(offset(x, by)) for x in own))
            for bias in (None, *self._biases_for(last)) if len(own) > 1 else (None,):
                whole = sums if bias is None else [self._plus(each, algebra.leaf(bias)) for each in sums]
                for edit in self._whole(cells, whole):
                    yield from (edit,) if len(own) > 1 else ()
                    for name in ("TANH", "sigmoid"):
                        bent = [next(self._activated(term, name, only=True)) for term in edit.values()]
                        yield from self._whole(cells, bent)

    def _biases_for(self, cell: Address) -> list[Address]:
        """The typed numbers that nobody reads, and those that formulas beside a cell do."""
        beside = (other for _, line in self._beside(cell) for other in line[:_NEAR])
        return sorted(
            filter(self._table.is_number, {*self._unread, *(x for other in beside for x in self._terms.reads[other])})
        )

    def _weighed_idle(self, cells: Sequence[Address], numbers: Sequence[float]) -> Iterator[Edit]:
        """Numbers as a weight that nobody reads times a result, perhaps with a bias, if they are just that."""
        if max(map(digits_of, numbers)) < COMPUTED:
            return
        last, algebra = cells[-1], self._terms.algebra
        idle = [x for x in sorted(self._unread) if self._table.is_number(x) and x not in cells]
        away = [offset_between(last, cell) for cell in cells]
        for weight, factor in itertools.product(idle, self._terms):
            of = [offset(factor, by) for by in away]
            products = [self._terms.number(weight) * self._terms.number(x) for x in of]
            for bias in (None, *(x for x in idle if x != weight)):
                more = 0.0 if bias is None else self._terms.number(bias)
                if all(agrees(own + more, n) for own, n in zip(products, numbers, strict=True)):
                    added = 0.0 if bias is None else algebra.leaf(bias)
                    whole = (algebra.multiply(algebra.leaf(weight), self._number_in(x)) for x in of)
                    yield from self._whole(cells, [algebra.sum((product, added)) for product in whole])

    def _divided_by(self, cell: Address) -> Iterator[Edit]:
        """A number as the sum of what formulas divide by it, as in a softmax."""
        readers = [other for other, read in self._terms.reads.items() if cell in read]
        beside = [x for reader in readers for x in self._terms.reads[reader] if x != cell]
        if len(readers) > 1 and len(beside) == len({*beside}) == len(readers) and all(x in self._terms for x in beside):
            yield from self._whole([cell], [self._terms.algebra.sum(map(self._terms.algebra.leaf, beside))])
