"""Products inside of formulas that are one number for a weighted sum, as the state that a gate lets through.

And numbers that a sum adds, and takes away again by such a product.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, MutableMapping

_Atom = tuple[str, int, int, int]
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


def without_cancelled(
    total: Mapping[tuple[_Atom, ...], float],
    added: MutableMapping[_Atom, _Atom],
    of: Callable[[_Atom], Mapping[tuple[_Atom, ...], float]],
) -> Mapping[tuple[_Atom, ...], float]:
    """A sum without zeros, and without a number that it adds and takes away again, as c₋₁ in c₋₁ − (1 − f)·c₋₁ + i·g.

    Args:
        total: the sum.
        added: the cells whose own sums are part of it; those that cancel out are taken away.
        of: gives what such a cell adds up.
    """
    total = {monomial: factor for monomial, factor in total.items() if factor}
    for cell in [own for own in added if total.get((own,)) == -1]:
        if all(total.get(monomial) == factor for monomial, factor in of(cell).items()):
            total = {monomial: own for monomial, own in total.items() if monomial not in {*of(cell), (cell,)}}
            del added[cell]
    return total
