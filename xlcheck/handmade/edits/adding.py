"""What nobody reads put to use: a number added, or as the weight of what others weigh; states that are joined."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial

from xlcheck.formulas.algebra import Address, Expression, Term
from xlcheck.handmade.families.filling import Filling
from xlcheck.handmade.forms.term_changes import Edit
from xlcheck.handmade.reading.cell_terms import leaves
from xlcheck.handmade.reading.cells import beside
from xlcheck.handmade.reading.offsets import are_in_line, offset, offset_between
from xlcheck.handmade.reading.reached import reached

_PAIR = 2
_MOST = 5
"""Cells that a state may be joined from: those of an LSTM's are four."""


class Adding(Filling):
    """The edits that put unread cells to use: in one more summand, or in a state as the equations join it."""

    def _each(self, family: Sequence[Address], change: Callable[[Term], Iterator[Expression]]) -> Iterator[Edit]:
        """The same change in all cells of a family."""
        options = [list(change(self._terms[cell])) for cell in family]
        for own in zip(*options, strict=False):
            yield from self._whole(family, own)

    def _with_product(self, family: Sequence[Address], weight: Address) -> Iterator[Edit]:
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

    def _with_factor(self, family: Sequence[Address]) -> Iterator[Edit]:
        """One more factor in a summand of a family: a result that nobody reads, as of a gate, or filled from that."""
        algebra, last = self._terms.algebra, family[-1]
        for factor, part in itertools.product(self._idle_beside(family), self._summands(self._terms[last])):
            edit: dict[Address, Term] = {}
            for cell in family:
                away = offset_between(last, cell)
                own = self._replaced(part, {x: self._along(x, away) for x in leaves(part)})
                times = self._summands(self._terms[cell]).get(own) if isinstance(own, Term) else None
                if times is not None:  # before a first step there may be no state
                    gated = algebra.multiply(algebra.leaf(self._along(factor, away)), own)
                    whole = algebra.sum((algebra.scale(gated, times), algebra.scale(own, -times)))
                    edit |= next(self._each([cell], partial(self._inner, change=partial(self._plus, whole))), {})
            if last in edit:
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

    def _with_summand(self, family: Sequence[Address], new: Address) -> Iterator[Edit]:
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

    def _joined(self, cells: Sequence[Address]) -> Iterator[Edit]:
        """Cells as a state or a product of gates, of what they read, their own last one, and what nobody reads there.

        That is h = z·h₋₁ + (1 − z)·h̃, c = f·c₋₁ + i·c̃, h = o·tanh(c) or a product alone.

        Args:
            cells: formulas that were filled from one another, or numbers in their place; steps follow one another.
        """
        last = cells[-1]  # before the first one there may be no state
        read = self._terms.reads.get(last, ()) if last in self._terms else ()
        is_computed = any(map(self._table.is_formula, read))
        if not self._weights.isdisjoint(read) or not (self._table.is_number(last) or is_computed):
            return
        idle = self._idle_beside(cells)
        states = (x for other in idle for x in self._states_behind(other)) if self._table.is_number(last) else ()
        more = [*cells[-2:-1], *idle, *states]
        pool = list(dict.fromkeys((*read, *more)))
        for own in self._equations(pool) if len(pool) <= _MOST else ():
            if not isinstance(own, Term) or (len(read) < _PAIR and not set(more) & set(leaves(own))):
                continue
            edit = {}
            for cell in cells:
                away = offset_between(last, cell)
                term = self._replaced(own, {x: self._along(x, away) for x in pool})
                if isinstance(term, Term):
                    edit[cell] = term
            yield edit

    def _idle_beside(self, cells: Sequence[Address]) -> list[Address]:
        """The formulas that nobody reads, in line with the last of some cells; such stand beside the others, too."""
        last = cells[-1]
        idle = (x for x in sorted(self._unread) if x in self._terms and not self._follows(x, last))
        away = [offset_between(last, cell) for cell in cells]
        beside = [x for x in idle if are_in_line(x, last)]
        return [x for x in beside if all(self._may_be_idle(offset(x, by)) for by in away)]

    def _states_behind(self, cell: Address) -> set[Address]:
        """The results that a formula weighs, or another one does from which it is computed."""
        weighed = self._with_weights_read
        read = self._terms.reads.__getitem__
        found = reached([cell], read, among=lambda own: own in self._terms, through=lambda own: own not in weighed)
        return found & weighed

    def _follows(self, cell: Address, other: Address) -> bool:
        """Whether a formula is another one, or is computed from it."""
        return other in {cell, *reached([cell], lambda own: self._terms.reads.get(own, ()))}

    def _may_be_idle(self, cell: Address) -> bool:
        """Whether a formula stands in a cell, or nothing, as before a first step."""
        return cell in self._terms or not self._terms.holds_number(cell)

    def _equations(self, pool: Sequence[Address]) -> Iterator[Expression]:
        algebra = self._terms.algebra
        own = [algebra.leaf(cell) for cell in pool]
        for z, h, candidate in itertools.permutations(own, 3):
            rest = algebra.multiply(algebra.subtract(1.0, z), candidate)
            yield algebra.sum((algebra.multiply(z, h), rest))
        for one, other in itertools.permutations(own, 2):
            yield algebra.multiply(one, algebra.function("TANH", other))
        pairs = list(itertools.combinations(own, 2))
        yield from (algebra.multiply(*pair) for pair in pairs)
        for pair, another in itertools.combinations(pairs, 2):
            if set(pair).isdisjoint(another):
                yield algebra.sum((algebra.multiply(*pair), algebra.multiply(*another)))

    @cached_property
    def _with_weights_read(self) -> set[Address]:
        """What formulas read that read weights, too."""
        read = [{*self._terms.reads[cell]} for cell in self._terms]
        return {x for cells in read if cells & self._weights for x in cells - self._weights}
