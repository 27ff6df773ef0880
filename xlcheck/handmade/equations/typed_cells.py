"""Numbers typed where formulas should stand: an activation, a state, or a product, and of what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from xlcheck.formulas.algebra import Address, Term
from xlcheck.handmade.equations.adding import Adding
from xlcheck.handmade.equations.typed_over import COMPUTED, agrees, digits_of, typed_over


class TypedCells(Adding):
    """The edits that make formulas of typed numbers, by what stands beside them and is read by nobody."""

    def _typed(self, may_help: Callable[[Collection[Address]], bool]) -> Iterator[Mapping[Address, Term]]:
        """Typed numbers as what they stand for: each alone, and all that stand in a row or column.

        Args:
            may_help: whether an edit of some cells may be of use.
        """
        yield from self._typed_activations()
        numbers = dict(self._table.typed_numbers())
        for cell in numbers:
            runs = [own for run in self._numbers_from(cell) for own in (run, run[1:])]  # or behind a first state
            for cells in filter(may_help, ([cell], *runs)):
                if not any(x in self._unread for x in cells):
                    yield from self._activations_of_idle(cells)
                    yield from self._joined(cells)
                    yield from self._products_of_idle(cells, [numbers[x] for x in cells])

    def _typed_activations(self) -> Iterator[Mapping[Address, Term]]:
        """Numbers that are, to the last digit, activations of sums: each alone, and all that stand to theirs alike."""
        alike: dict[object, dict[Address, Term]] = defaultdict(dict)
        for own in typed_over(self._terms, self._table):
            for term in self._activated(self._terms.algebra.leaf(own.of), own.activation, only=True):
                if isinstance(term, Term):
                    yield {own.cell: term}
                    alike[own.cell[1] - own.of[1], own.cell[2] - own.of[2], own.activation][own.cell] = term
        yield from alike.values()

    def _activations_of_idle(self, cells: Sequence[Address]) -> Iterator[Mapping[Address, Term]]:
        """Numbers as activations of formulas that nobody reads, which stand to each in one way."""
        last = cells[-1]
        for idle in self._idle_beside(cells):
            by = (idle[1] - last[1], idle[2] - last[2])
            of = [(cell[0], cell[1] + by[0], cell[2] + by[1]) for cell in cells]
            if all(x in self._terms and x in self._unread for x in of):
                for name in ("TANH", "sigmoid"):
                    options = [self._activated(self._terms.algebra.leaf(x), name, only=True) for x in of]
                    terms = [next(own) for own in options]
                    yield {cell: term for cell, term in zip(cells, terms, strict=True) if isinstance(term, Term)}

    def _products_of_idle(self, cells: Sequence[Address], numbers: Sequence[float]) -> Iterator[Mapping[Address, Term]]:
        """Numbers as products of a weight that nobody reads and a result, if they are that to the last digit."""
        if max(map(digits_of, numbers)) < COMPUTED:
            return
        last, algebra = cells[-1], self._terms.algebra
        for weight in filter(self._is_typed, sorted(self._unread)):
            for factor in self._terms:
                away = [(cell[1] - last[1], cell[2] - last[2]) for cell in cells]
                of = [(factor[0], factor[1] + by[0], factor[2] + by[1]) for by in away]
                products = (self._terms.number(weight) * self._terms.number(x) for x in of)
                if all(agrees(own, n, digits_of(n)) for own, n in zip(products, numbers, strict=True)):
                    terms = [algebra.multiply(algebra.leaf(weight), self._number_in(x)) for x in of]
                    yield {cell: term for cell, term in zip(cells, terms, strict=True) if isinstance(term, Term)}
