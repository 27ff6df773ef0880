"""What a cell should be, given what stands in the sheet: its quantity from its own precedents.

An equation can be followed to different depths: a hidden state may read its pre-activation from a
cell, or compute it on the spot. The depth is the one that the cell itself has chosen: an operand that
the formula reads is taken from the sheet; one that it computes from what it reads is computed; and
one that it should have read but does not is taken from the cell where it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from xlcheck.foreign.networks.elements import Element
from xlcheck.foreign.networks.network import Network, size_of
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Quantity

Array = NDArray[np.float64]
Held = Mapping[tuple[str, int], float]
"""(quantity, element) → the number that stands in the sheet."""


class SheetValues:
    """The values of one document's quantities as they stand in the sheet.

    Args:
        network: the model.
        given: all quantities that are not computed, `(1, n)`, weights as they are.
        held: what stands in cells.
    """

    def __init__(self, network: Network, given: Mapping[str, Array], held: Held) -> None:
        self._network = network
        self._given = given
        self._placed: dict[str, dict[int, float]] = {}
        for (name, index), value in held.items():
            self._placed.setdefault(name, {})[index] = value

    def seen_from(self, element: Element, reads: Iterable[tuple[str, int]]) -> dict[str, Array]:
        """The operands of an element as its cell sees them.

        Args:
            element: what the cell should hold.
            reads: the elements that its formula reads.
        """
        read: dict[str, set[int]] = {}
        for name, index in reads:
            read.setdefault(name, set()).add(index)
        view = _View(self._network, self._given, self._placed, read)
        names = element.source.reads or {element.source.quantity.name}
        return {name: view.value(name) for name in names}


class _View:
    def __init__(
        self,
        network: Network,
        given: Mapping[str, Array],
        placed: Mapping[str, Mapping[int, float]],
        read: Mapping[str, set[int]],
    ) -> None:
        self._network = network
        self._given = given
        self._placed = placed
        self._read = read
        self._values: dict[str, Array] = {}
        self._covered: dict[str, bool] = {}

    def value(self, name: str) -> Array:
        if name not in self._values:
            self._values[name] = self._compute(self._network.graph[name])
        return self._values[name]

    def _compute(self, quantity: Quantity) -> Array:
        if quantity.expr is None:
            return self._given[quantity.name]
        placed = self._placed.get(quantity.name, {})
        complete = len(placed) == size_of(quantity)
        if complete and (quantity.name in self._read or not self._is_covered(quantity)):
            return _row(placed, size_of(quantity))
        from xlcheck.graph.evaluate import value_of

        value = value_of(quantity.expr, {name: self.value(name) for name in ex.refs(quantity.expr)}).copy()
        if quantity.name in self._read or not self._is_covered(quantity):
            for index, number in placed.items():
                value[0, index] = number
        return value

    def _is_covered(self, quantity: Quantity) -> bool:
        """Whether the cell computes the quantity itself, from what it reads."""
        known = self._covered.get(quantity.name)
        if known is None:
            known = self._covered[quantity.name] = self._find_covered(quantity)
        return known

    def _find_covered(self, quantity: Quantity) -> bool:
        if quantity.expr is None:
            return False
        operands = [self._network.graph[name] for name in ex.refs(quantity.expr)]
        computed = [q for q in operands if q.expr is not None]
        read = [q.name in self._read or self._is_covered(q) for q in computed]
        if not all(read):
            return False
        return bool(computed) or any(q.name in self._read for q in operands if not q.is_weight)


def _row(numbers: Mapping[int, float], size: int) -> Array:
    return np.array([[numbers[index] for index in range(size)]])
