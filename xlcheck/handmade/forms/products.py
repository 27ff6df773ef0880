"""Products inside of formulas that are one number for a weighted sum, as the state that a gate lets through.

And numbers that a sum adds, and takes away again by such a product.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping

_Atom = tuple[str, int, int, int]
_Monomial = tuple[_Atom, ...]
_MOST_PARTS = 1_000_000
"""More parts than any formula has."""


class Products:
    """The products of two atoms, each an atom: the same one wherever it occurs."""

    def __init__(self) -> None:
        self._atoms: dict[tuple[_Atom, _Atom], _Atom] = {}
        self._pairs: dict[_Atom, tuple[_Atom, _Atom]] = {}

    def __contains__(self, atom: _Atom) -> bool:
        return atom in self._pairs

    def __getitem__(self, atom: _Atom) -> tuple[_Atom, _Atom]:
        return self._pairs[atom]

    def of(self, one: _Atom, other: _Atom) -> _Atom:
        """The product of two atoms; it counts as a part of the first one's formula."""
        pair = (one, other) if one < other else (other, one)
        if pair not in self._atoms:
            atom = (*one[:3], _MOST_PARTS + len(self._atoms))
            self._atoms[pair], self._pairs[atom] = atom, pair
        return self._atoms[pair]


def gathered(
    total: Mapping[_Monomial, float],
    added: MutableMapping[_Atom, _Atom],
    named: Callable[[_Atom], set[_Atom]],
    of: Callable[[_Atom], Mapping[_Monomial, float]],
    is_given: Callable[[_Atom], bool],
) -> dict[_Monomial, float]:
    """A sum without what it adds and takes away again, as c₋₁ in c₋₁ − (1 − f)·c₋₁ + i·g.

    Of h₋₁ + (1 − z)·(h̃ − h₋₁) stays z·h₋₁, even if the sum that h₋₁ holds is only (1 − z)·h̃ of the step before.

    Args:
        total: the sum.
        added: the cells whose own sums are part of it; those that are none any more are taken away.
        named: the cells by which the formula names one that is multiplied, to be added to.
        of: gives what such a cell adds up.
        is_given: whether a number is no computed one: what is added up of these is no state.
    """
    total = {monomial: factor for monomial, factor in total.items() if factor}
    for cell in [own for own in added if total.get((own,)) == -1]:
        if all(total.get(monomial) == factor for monomial, factor in of(cell).items()):
            total = {monomial: own for monomial, own in total.items() if monomial not in {*of(cell), (cell,)}}
            del added[cell]
    for cell in [own for own in added if of(own).keys().isdisjoint(total)]:
        if not any(sum(not is_given(atom) for atom in monomial) > 1 for monomial in of(cell)):
            continue
        for gate in sorted({atom for monomial in total for atom in monomial}):
            parts = {tuple(sorted((*monomial, gate))): factor for monomial, factor in of(cell).items()}
            if len(parts) > 1 and all(total.get(monomial) == factor for monomial, factor in parts.items()):
                total = {monomial: own for monomial, own in total.items() if monomial not in parts}
                total[min(cell, gate), max(cell, gate)] = 1.0
                named(cell).add(added.pop(cell))
                break
    return total
