"""Atoms in two colours, weights and inputs, as far as products and what they have in common tell them apart."""

from __future__ import annotations


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
