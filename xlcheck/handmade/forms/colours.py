"""Atoms in two colours, weights and inputs, as far as products and what they have in common tell them apart."""

from __future__ import annotations

from collections.abc import Collection

from xlcheck.handmade.forms.polynomials import Atom
from xlcheck.handmade.reading.offsets import distance

_FAR = 1_000
"""Cells to what stands on another worksheet."""


class Colours:
    """Atoms in classes, each atom in the same or in the opposite colour of its class's first one."""

    def __init__(self) -> None:
        self._above: dict[object, tuple[object, bool]] = {}

    def root(self, atom: object) -> tuple[object, bool]:
        """The first atom of the class, and whether the colour is the opposite one."""
        path = []
        opposite = False
        while atom in self._above:
            path.append(atom)
            atom, turned = self._above[atom]
            opposite ^= turned
        sign = opposite
        for item in path:
            _, turned = self._above[item]
            self._above[item] = (atom, sign)
            sign ^= turned
        return atom, opposite

    def join(self, one: object, other: object, *, opposite: bool) -> None:
        """Two atoms have the same colour, or opposite ones, unless it is known otherwise."""
        (a, x), (b, y) = self.root(one), self.root(other)
        if a != b:
            self._above[a] = (b, x ^ y ^ opposite)


def is_rather_a_weight(one: Atom, other: Atom, weights: Collection[Atom], inputs: Collection[Atom]) -> bool | None:
    """Whether the first of two factors stands nearer to known weights, and the second to known inputs; None if neither.

    Args:
        one: a factor.
        other: the other one.
        weights: known weights of the same sum.
        inputs: its known inputs.
    """
    as_weight = _away(one, weights) + _away(other, inputs)
    as_input = _away(one, inputs) + _away(other, weights)
    return None if as_weight == as_input else as_weight < as_input


def _away(atom: Atom, others: Collection[Atom]) -> int:
    return min((distance(atom, x) for x in others if x[0] == atom[0]), default=_FAR)
