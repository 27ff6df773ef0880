"""What a cell should be, given what stands in the sheet: its quantity from its own precedents.

An equation can be followed to different depths: a hidden state may read its pre-activation from a
cell, or compute it on the spot. The depth is the one that the cell itself has chosen: an operand that
the formula reads is taken from the sheet; one that it computes from what it reads is computed; and
one that it should have read but does not is taken from the cell where it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from xlcheck.arrays import Array
from xlcheck.graph import expressions as ex
from xlcheck.graph.evaluate import value_of
from xlcheck.graph.quantities import Quantity
from xlcheck.handmade.networks.elements import Element
from xlcheck.handmade.networks.network import Network, size_of
from xlcheck.handmade.reading.reached import in_turn

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

    # Sequences are too long for functions that call themselves once for each step.

    def value(self, name: str) -> Array:
        """What a quantity is: taken from the sheet, or computed from what is."""
        for own in in_turn([name], self._needed):
            if own not in self._values:
                self._values[own] = self._compute(self._network.graph[own])
        return self._values[name]

    def _needed(self, name: str) -> Iterable[str]:
        """The quantities that one is computed from here, unless it is known."""
        quantity = self._network.graph[name]
        is_known = name in self._values or quantity.expr is None or self._stands_there(quantity)
        return () if is_known or quantity.expr is None else ex.refs(quantity.expr)

    def _stands_there(self, quantity: Quantity) -> bool:
        """Whether all of a quantity is taken from the sheet."""
        return len(self._placed.get(quantity.name, ())) == size_of(quantity) and self._is_taken(quantity)

    def _is_taken(self, quantity: Quantity) -> bool:
        """Whether what stands in the sheet is taken, and not computed again."""
        return quantity.name in self._read or not self._is_covered(quantity)

    def _compute(self, quantity: Quantity) -> Array:
        if quantity.expr is None:
            return self._given[quantity.name]
        placed = self._placed.get(quantity.name, {})
        if self._stands_there(quantity):
            return np.array([[placed[index] for index in range(size_of(quantity))]])
        value = value_of(quantity.expr, {name: self._values[name] for name in ex.refs(quantity.expr)}).copy()
        if self._is_taken(quantity):
            for index, number in placed.items():
                value[0, index] = number
        return value

    def _is_covered(self, quantity: Quantity) -> bool:
        """Whether the cell computes the quantity itself, from what it reads."""
        stack = [quantity]
        while stack:
            top = stack[-1]
            operands = [] if top.expr is None else [self._network.graph[name] for name in ex.refs(top.expr)]
            unread = [q for q in operands if q.expr is not None and q.name not in self._read]
            pending = [q for q in unread if q.name not in self._covered]
            if pending and all(self._covered.get(q.name, True) for q in unread):
                stack.append(pending[0])
                continue
            reads = any(q.expr is not None or (q.name in self._read and not q.is_weight) for q in operands)
            self._covered[top.name] = reads and not pending and all(self._covered[q.name] for q in unread)
            stack.pop()
        return self._covered[quantity.name]
