"""A model found in a workbook: its spec, and the cells in which its weights, inputs and states stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address
from xlcheck.graph.expressions import Const, Expr
from xlcheck.graph.quantities import Graph, Quantity, Role
from xlcheck.graph.rewriting import replaced
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import ModelSpec

Places = tuple[Address | None, ...]
"""The cells of a quantity's elements in C order; None where an element has no cell."""


@dataclass(frozen=True)
class Network:
    """A model whose given numbers stand in a workbook.

    Attributes:
        spec: the model.
        weights: the cells of each weight.
        samples: for each document the cells of its inputs, targets and initial states.
        bound: for each document the cells of computed quantities and of helpers, as far as somebody named them.
        wanted: for each document what its inputs should be, where somebody has said so.
        notes: what was assumed about it.
        turned: weight → of how many of its first columns the cells hold the negative numbers, because the sigmoid of
            their sums is 1 less that of Keras, or because thresholds are subtracted.
        constants: the cells of numbers that are options of its layers, as an epsilon is.
        samples_in_steps: whether its steps are samples to a reader: it has no memory, and a loss is their mean.
        ones: how many of its last inputs are 1 and stand in no cell: their weights are further biases.
        masked: sample and unit of results that do not count, in whose cells something else stands.
    """

    spec: ModelSpec
    weights: Mapping[str, Places]
    samples: tuple[Mapping[str, Places], ...]
    bound: tuple[Mapping[str, Places], ...] = ()
    wanted: tuple[Mapping[str, Array], ...] = ()
    notes: tuple[str, ...] = field(default=())
    turned: Mapping[str, int] = field(default_factory=dict)
    constants: frozenset[Address] = frozenset()
    samples_in_steps: bool = False
    ones: int = 0
    masked: frozenset[tuple[int, int]] = frozenset()

    @cached_property
    def graph(self) -> Graph:
        """The model's quantities."""
        return graph_of(self.spec)

    @cached_property
    def typed(self) -> Graph:
        """The same as people type it: Keras rounds some constants, such as the slope 0.2, to single precision."""
        return typed_graph_of(self.spec)

    @cached_property
    def given(self) -> tuple[Quantity, ...]:
        """The quantities that are not computed."""
        return tuple(q for q in self.graph if q.expr is None)

    def places(self, quantity: Quantity, sample: int) -> Places:
        """The cells of a given quantity; None for each element without one."""
        found = (self.weights if quantity.is_weight else self.samples[sample]).get(quantity.name)
        return found if found is not None else (None,) * size_of(quantity)

    @property
    def second_bias(self) -> Places:
        """The cells of its further biases, none if its units add one each."""
        first = self.spec.layers[0]
        return self.weights[f"{first.name}.kernel"][-first.weights["kernel"][-1] :] if self.ones else ()

    @property
    def binds_helpers(self) -> bool:
        """Whether somebody named the cells of helpers, which are no quantities."""
        return any(name not in self.graph for quantities in self.bound for name in quantities)

    def cells(self) -> Iterator[tuple[Quantity, int, int, Address]]:
        """(quantity, sample, element, cell) of everything given that has a cell."""
        for quantity in self.given:
            for sample in range(1 if quantity.is_weight else len(self.samples)):
                for element, cell in enumerate(self.places(quantity, sample)):
                    if cell is not None:
                        yield quantity, sample, element, cell

    def values(self, number_of: Mapping[Address, float]) -> dict[str, Array]:
        """The given quantities as the oracle takes them; an element without a cell is 0.

        Args:
            number_of: the number in each cell.
        """
        values = {}
        for quantity in self.given:
            rows = [
                [0.0 if cell is None else number_of[cell] for cell in self.places(quantity, sample)]
                for sample in range(1 if quantity.is_weight else len(self.samples))
            ]
            array = np.array(rows, dtype=np.float64)
            if self.ones and quantity.band.role is Role.INPUT:
                array[:, -self.ones :] = 1.0
            if quantity.is_weight:
                array = array[0].reshape(quantity.shape)
                array[..., : self.turned.get(quantity.name, 0)] *= -1
            values[quantity.name] = array
        return values


graph_of = lru_cache(maxsize=64)(forward_graph)
"""A model's quantities. A search tries a few models with the same cells in many orders."""


@lru_cache(maxsize=64)
def typed_graph_of(spec: ModelSpec) -> Graph:
    """A model's quantities, with constants of single precision as the short decimal fractions that they come from."""
    graph = graph_of(spec)
    exprs = [quantity.expr and replaced(quantity.expr, _as_typed) for quantity in graph]
    return Graph(tuple(replace(q, expr=e) for q, e in zip(graph, exprs, strict=True)), graph.outputs)


def _as_typed(expr: Expr) -> Expr | None:
    if isinstance(expr, Const) and 0 < abs(expr.value - 1) < np.finfo(np.float32).eps:  # √2 times a rounded √½
        return Const(1.0)
    if not isinstance(expr, Const) or float(np.float32(expr.value)) != expr.value:
        return None
    short = str(np.float32(expr.value))
    return Const(float(short)) if len(short) < _LONG else None


_LONG = 9
"""Digits of a fraction that nobody types; 0.044715 in a GELU has eight."""


def given_cells(networks: Iterable[Network]) -> dict[Address, Quantity]:
    """Each cell that holds something given, and what."""
    return {cell: quantity for network in networks for quantity, _, _, cell in network.cells()}


def size_of(quantity: Quantity) -> int:
    """How many elements a quantity has."""
    return int(np.prod(quantity.shape))


def numbers_in(table: CellTable, networks: tuple[Network, ...], numbers: Array) -> dict[Address, float]:
    """The number in every cell that holds something given; NaN for a cell that holds no number."""
    found = {}
    for network in networks:
        for _, _, _, cell in network.cells():
            position = table.index.get(cell)
            found[cell] = float("nan") if position is None else float(numbers[position])
    return found
