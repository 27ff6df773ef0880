"""What a term shows of the weighted sums inside it: those that are not hidden inside another one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from xlcheck.formulas.algebra import Leaf, Product, Term, below, number_of
from xlcheck.handmade.recognition.forms import Forms, reachable

Factors = list[tuple[Term, float]]
MANY = 400


class Visible:
    """For every term the sums that it is made of, from outside up to the first sum on each way.

    Args:
        forms: the weighted sums.
        roots: the terms of all formula cells.
    """

    def __init__(self, forms: Forms, roots: Iterable[Term]) -> None:
        self._scaled = forms.scaled
        self.terms = reachable(roots)
        self._seen: dict[Term, frozenset[Term]] = {}
        self._leaves: dict[Term, bool] = {}
        for term in self.terms:
            if term in self._scaled:
                self._seen[term], self._leaves[term] = frozenset({self._scaled[term][0]}), False
                continue
            inner = below(term)
            seen = frozenset().union(*(self._seen[t] for t in inner)) if inner else frozenset()
            self._seen[term] = seen if len(seen) <= MANY else frozenset(sorted(seen, key=_number)[-MANY:])
            self._leaves[term] = isinstance(term, Leaf) or any(self._leaves[t] for t in inner)

    def of(self, term: Term) -> frozenset[Term]:
        """The sums that a term shows."""
        return self._seen.get(term, frozenset())

    def sum_of(self, term: Term) -> Term:
        """The sum that a term is, or is a multiple of; the term itself if it is neither."""
        return self._scaled[term][0] if term in self._scaled else term

    def only(self, term: Term) -> Term | None:
        """The one sum that a term is a function of, or None."""
        seen = self._seen.get(term, frozenset())
        if len(seen) != 1 or self._leaves.get(term, True) or term in self._scaled:
            return None
        (form,) = seen
        return form

    def functions(self) -> Iterator[tuple[Term, Factors]]:
        """Each function of a single sum that occurs: the sum, and the function as a product of powers."""
        for term in self.terms:
            form = self.only(term)
            if form is not None:
                yield form, [(term, 1.0)]
            if isinstance(term, Product):
                parts: dict[Term, Factors] = {}
                for factor, power in term.factors:
                    inner = self.only(factor)
                    if inner is not None:
                        parts.setdefault(inner, []).append((factor, power))
                yield from parts.items()

    def values(self, factors: Factors, form: Term) -> tuple[float, ...]:
        """The values of a function of a sum at `POINTS`; NaN where it is not defined."""
        found = []
        for point in POINTS:
            value = 1.0
            for factor, power in factors:
                inner = number_of(factor, self._at(form, point))
                value *= inner**power if inner > 0 or (power == int(power) and inner != 0) else float("nan")
            found.append(value)
        return tuple(found)

    def _at(self, form: Term, point: float) -> Callable[[Term], float | None]:
        def given(term: Term) -> float | None:
            own = self._scaled.get(term)
            return point * own[1] if own is not None and own[0] is form else None

        return given


POINTS = (0.3, -0.8, 2.1, -4.0)


def _number(term: Term) -> int:
    return term.number
