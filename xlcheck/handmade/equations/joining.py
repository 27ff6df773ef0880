"""States as the equations of recurrent layers join them, whatever a cell does with its gates now."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import cached_property

from xlcheck.formulas.algebra import Address, Expression, Term
from xlcheck.handmade.equations.filling import Filling
from xlcheck.handmade.reading.cell_terms import leaves
from xlcheck.handmade.reading.offsets import offset, offset_between
from xlcheck.handmade.reading.reached import reached

_PAIR = 2
_MOST = 5
"""Cells that a state may be joined from: those of an LSTM's are four."""


class Joining(Filling):
    """The edits of cells that join gates, candidates and states, and read no weights."""

    def _joined(self, cells: Sequence[Address]) -> Iterator[dict[Address, Term]]:
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
        idle = (x for x in sorted(self._unread) if x in self._terms and x[0] == last[0] and not self._follows(x, last))
        away = [offset_between(last, cell) for cell in cells]
        beside = [x for x in idle if x[1] == last[1] or x[2] == last[2]]
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
