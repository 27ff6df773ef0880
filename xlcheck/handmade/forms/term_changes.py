"""Terms with a change in them: other cells read, another activation, one more summand, another sign."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from math import nan

from xlcheck.formulas.algebra import Address, Expression, Leaf, Product, Sum, Term
from xlcheck.handmade.forms.activations import activation_of
from xlcheck.handmade.forms.kinks import STEPS, slope_below_0
from xlcheck.handmade.reading.cell_terms import CellTerms, is_spoilt, leaves

Edit = Mapping[Address, Term]
"""Cell → what it would compute."""


class TermChanges:
    """Changes of the terms of a worksheet.

    Args:
        terms: what each formula computes from the cells that it reads.
    """

    def __init__(self, terms: CellTerms) -> None:
        self._terms = terms
        self._leaves: dict[Term, tuple[Address, ...]] = {}
        self._known: dict[object, Expression] = {}

    @staticmethod
    def _whole(cells: Collection[Address], terms: Iterable[Expression | None]) -> Iterator[Edit]:
        """An edit of some cells, if each of them gets a term."""
        edit = {cell: term for cell, term in zip(cells, terms, strict=False) if isinstance(term, Term)}
        yield from (edit,) if len(edit) == len(cells) else ()

    def _inside(self, term: Expression) -> Expression:
        return self._terms.get(term.cell, term) if isinstance(term, Leaf) else term

    def _activated(self, term: Term, name: str, *, only: bool = False) -> Iterator[Expression]:
        """A term with another activation, or with one more than it has."""
        found = None if only else activation_of(term, self._inside)
        inner = term if found is None else found[1]
        algebra = self._terms.algebra
        if name == "TANH":
            yield algebra.function("TANH", inner)
        elif (slope := slope_below_0(name)) is not None:
            condition = algebra.function(">", inner, 0.0)
            yield algebra.function("IF", condition, inner, algebra.scale(inner, slope))
        elif name in STEPS:
            low, at_zero = STEPS[name]
            compared = algebra.function(">" if at_zero == low else ">=", inner, 0.0)
            is_sign = low < at_zero < 1
            yield algebra.function("SIGN", inner) if is_sign else algebra.function("IF", compared, 1.0, low)
        else:
            below = algebra.sum((1.0, algebra.function("EXP", algebra.scale(inner, -1.0))))
            yield algebra.power(below, -1.0)

    def _bent(self, term: Term, name: str) -> Iterator[Expression]:
        """An activation of the one cell that a term reads, whatever it does with it."""
        read = leaves(term)
        if len(read) == 1 and read[0] in self._terms:
            yield from self._activated(self._terms.algebra.leaf(read[0]), name, only=True)

    def _softmax(self, cell: Address, among: Iterable[Address]) -> Expression:
        """The softmax of a cell among several, itself one of them."""
        algebra = self._terms.algebra
        powers = {own: algebra.function("EXP", algebra.leaf(own)) for own in among}
        return algebra.multiply(powers[cell], algebra.power(algebra.sum((*powers.values(),)), -1.0))

    def _added(self, term: Term, cell: Address) -> Iterator[Expression]:
        """A term with one more summand, in the sum that its activation is of."""
        yield from self._inner(term, partial(self._plus, self._number_in(cell)))

    def _turned(self, term: Term) -> Iterator[Expression]:
        """A term with another sign before one of its summands."""
        inner = activation_of(term, self._inside)
        total = term if inner is None else inner[1]
        for part, factor in total.parts if isinstance(total, Sum) else ():
            other = self._terms.algebra.scale(part, -2 * factor)
            yield from self._inner(term, partial(self._plus, other))

    def _once(self, term: Term) -> Iterator[Expression]:
        """A term in which a summand is counted once that is counted several times."""
        inner = activation_of(term, self._inside)
        total = term if inner is None else inner[1]
        for part, factor in total.parts if isinstance(total, Sum) else ():
            if factor > 1 and factor.is_integer():
                yield from self._inner(term, partial(self._plus, self._terms.algebra.scale(part, 1 - factor)))

    def _without(self, term: Term) -> Iterator[Expression]:
        """A term without one of its summands, or of those of a sum that it divides by."""
        inner = activation_of(term, self._inside)
        total = term if inner is None else inner[1]
        for part, factor in total.parts if isinstance(total, Sum) else ():
            yield from self._inner(term, partial(self._plus, self._terms.algebra.scale(part, -factor)))
        for divisor, power in term.factors if inner is None and isinstance(term, Product) else ():
            for part, factor in divisor.parts if power == -1 and isinstance(divisor, Sum) else ():
                rest = self._plus(divisor, self._terms.algebra.scale(part, -factor))
                whole = self._terms.algebra.multiply(term, divisor)
                yield self._terms.algebra.multiply(whole, self._terms.algebra.power(rest, -1.0))

    def _summands(self, term: Term) -> dict[Term, float]:
        """The summands of a term, or of the sum that its activation is of; what is no sum is one summand."""
        inner = activation_of(term, self._inside)
        total = term if inner is None else inner[1]
        if isinstance(total, Sum):
            return dict(total.parts)
        return {total: 1.0} if isinstance(total, Term) else {}

    def _plus(self, one: Expression, other: Expression) -> Expression:
        return self._terms.algebra.sum((one, other))

    def _inner(self, term: Term, change: Callable[[Expression], Expression]) -> Iterator[Expression]:
        """A term with a change in the sum that its activation is of, unless that stands in another cell."""
        found = activation_of(term, self._inside)
        if found is None:
            yield change(term)
        elif (found[0] in {"tanh", "sigmoid", *STEPS} or slope_below_0(found[0]) is not None) and not (
            isinstance(found[1], Leaf) and found[1].cell in self._terms
        ):
            to = change(found[1])
            if isinstance(to, Term):
                yield from self._activated(to, found[0].replace("tanh", "TANH"), only=True)

    def _number_in(self, cell: Address) -> Expression:
        """What a formula reads in a cell: nothing in a blank one, nor where a word stands before the first step."""
        return self._terms.algebra.leaf(cell) if self._terms.holds_number(cell) else 0.0

    def _replaced(self, term: Expression, to: Mapping[Address, Address]) -> Expression:
        """A term that reads other cells; many edits ask for the same one."""
        if not isinstance(term, Term):
            return term
        if term not in self._leaves:
            self._leaves[term] = leaves(term)
        own = {cell: to[cell] for cell in self._leaves[term] if cell in to}
        key = (term, *own.items())
        if key not in self._known:

            def read(part: Term) -> Expression | None:
                return self._number_in(own[part.cell]) if isinstance(part, Leaf) and part.cell in own else None

            found = self._terms.algebra.replaced(term, read)
            self._known[key] = nan if is_spoilt(found) else found
        return self._known[key]

    def _exchanged(self, term: Term, pair: Sequence[Address]) -> Iterator[Expression]:
        """A term in which each of two cells stands in the place of the other one."""
        yield self._replaced(term, dict(zip(pair, reversed(pair), strict=True)))
