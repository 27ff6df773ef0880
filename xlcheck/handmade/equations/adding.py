"""More in the sums of formulas: a number that nobody reads added, or as the weight of what others weigh."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial

from xlcheck.formulas.algebra import Address, Expression, Term
from xlcheck.handmade.equations.joining import Joining
from xlcheck.handmade.reading.cells import beside
from xlcheck.handmade.reading.offsets import offset, offset_between


class Adding(Joining):
    """The edits that put an unread number to use in one more summand."""

    def _each(
        self, family: Sequence[Address], change: Callable[[Term], Iterator[Expression]]
    ) -> Iterator[dict[Address, Term]]:
        """The same change in all cells of a family."""
        options = [list(change(self._terms[cell])) for cell in family]
        for own in zip(*options, strict=False):
            if all(isinstance(term, Term) for term in own):
                yield {cell: term for cell, term in zip(family, own, strict=True) if isinstance(term, Term)}

    def _with_product(self, family: Sequence[Address], weight: Address) -> Iterator[dict[Address, Term]]:
        """One more product in the sums of a family, of an unread number and what others weigh, or filled from that.

        A summand that is weighed in this way does not stand there any more without its weight; so any result that
        stands there without one is weighed, too.
        """
        algebra, last = self._terms.algebra, family[-1]  # before the first one there may be no state
        idle = self._idle_beside(family) if len(family) > 1 else ()  # one alone may be what a first state belongs to
        bare = {cell for cell in self._terms.reads[last] if algebra.leaf(cell) in self._summands(self._terms[last])}
        results = (*self._weighed, *idle, *self._own_states(family), *sorted(bare & self._terms.keys()))
        is_weight = self._table.is_number(weight) and not self._is_beside_inputs(weight)
        for factor in dict.fromkeys(results) if is_weight else ():
            edit: dict[Address, Term] = {}
            others = [self._along(factor, offset_between(last, cell)) for cell in family]
            for cell, other in zip(family, others, strict=True) if all(map(self._terms.holds_number, others)) else ():
                leaf = algebra.leaf(other)
                less = algebra.scale(leaf, -self._summands(self._terms[cell]).get(leaf, 0.0))
                whole = algebra.sum((algebra.multiply(algebra.leaf(weight), leaf), less))
                edit |= next(self._each([cell], partial(self._inner, change=partial(self._plus, whole))), {})
            if len(edit) == len(family):
                yield edit

    def _own_states(self, family: Sequence[Address]) -> Iterator[Address]:
        """What the step before the last one of a family gives: an activation, if a first state waits before all."""
        if len(family) > 1:
            (last, before), first = family[:-3:-1], family[0]
            by = offset_between(last, before)
            for cell in (other for other, read in self._terms.reads.items() if [*read] == [last]):
                waits = offset(offset(cell, offset_between(last, first)), by)
                if waits in self._unread and self._table.is_number(waits):
                    yield offset(cell, by)

    def _is_beside_inputs(self, cell: Address) -> bool:
        """Whether a number right beside one is read together with weights, and is none itself."""
        return any(other in self._with_weights_read and self._table.is_number(other) for other in beside(cell))

    @cached_property
    def _weighed(self) -> list[Address]:
        """The results that formulas multiply with weights, and those that were filled from one with them."""
        own = self._with_weights_read & self._terms.keys()
        return sorted({*own, *(x for cell in own for family in self._families(cell) for x in family)})

    def _with_summand(self, family: Sequence[Address], new: Address) -> Iterator[dict[Address, Term]]:
        """One more summand in the sums of a family: one for all, or in each that which goes along."""
        ways = [[self._along(new, offset_between(family[0], cell)) for cell in family]]
        first, *others = (self._weights_of(cell)[:1] for cell in family)
        away = [offset_between(y, x) for y in first for other in others for x in other]
        with_weights = [new, *(offset(new, by) for by in away)]
        ways += [with_weights] if len(with_weights) == len(family) and {*self._unread} >= {*with_weights} else []
        for cells in ways:
            options = [list(self._added(self._terms[c], x)) for c, x in zip(family, cells, strict=True)]
            for own in zip(*options, strict=False):
                yield {cell: term for cell, term in zip(family, own, strict=True) if isinstance(term, Term)}
