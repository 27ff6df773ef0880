"""States as the equations of recurrent layers join them, whatever a cell does with its gates now."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from xlcheck.formulas.algebra import Address, Expression, Term
from xlcheck.handmade.equations.filling import Filling

_MOST = 5
"""Cells that a state may be joined from: those of an LSTM's are four."""


class Joining(Filling):
    """The edits of cells that join gates, candidates and states, and read no weights."""

    def _joined(self, family: Sequence[Address]) -> Iterator[dict[Address, Term]]:
        """A family as a state or a product of gates, of what its cells read and of formulas in line that nobody reads.

        That is h = z·h₋₁ + (1 − z)·h̃, c = f·c₋₁ + i·c̃, h = o·tanh(c) or a product alone.
        """
        last = family[-1]  # before the first one there may be no state
        read = self._terms.reads.get(last, ())
        if len(read) < 2 or not any(map(self._table.is_formula, read)) or not self._weights.isdisjoint(read):
            return
        idle = [
            x
            for x in self._unread
            if self._table.is_formula(x)
            and x not in family
            and x[0] == last[0]
            and (x[1] == last[1] or x[2] == last[2])
        ]
        pool = list(dict.fromkeys((*read, *sorted(idle))))
        for own in self._equations(pool) if len(pool) <= _MOST else ():
            edit = {}
            for cell in family:
                away = (cell[1] - last[1], cell[2] - last[2])
                term = self._replaced(own, {x: self._along(x, away) for x in pool})
                if isinstance(term, Term):
                    edit[cell] = term
            yield edit

    def _equations(self, pool: Sequence[Address]) -> Iterator[Expression]:
        algebra = self._terms.algebra
        leaves = [algebra.leaf(cell) for cell in pool]
        for z, h, candidate in itertools.permutations(leaves, 3):
            rest = algebra.multiply(algebra.subtract(1.0, z), candidate)
            yield algebra.sum((algebra.multiply(z, h), rest))
        for one, other in itertools.permutations(leaves, 2):
            yield algebra.multiply(one, algebra.function("TANH", other))
        pairs = list(itertools.combinations(leaves, 2))
        yield from (algebra.multiply(*pair) for pair in pairs)
        for pair, another in itertools.combinations(pairs, 2):
            if set(pair).isdisjoint(another):
                yield algebra.sum((algebra.multiply(*pair), algebra.multiply(*another)))
