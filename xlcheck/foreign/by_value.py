"""A model that is at hand: find its weights and inputs in a workbook by their values.

A weight is looked for as a whole table, as it is or with rows and columns exchanged, then gate by
gate, column by column, and at last number by number. A table is recognised although some of its
numbers differ: those are what somebody has mistyped.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlcheck.checking.report import Edit
from xlcheck.errors import ModelError
from xlcheck.excel.addresses import cell_name
from xlcheck.foreign.algebra import Address
from xlcheck.foreign.cells import CellTable, CellValues
from xlcheck.foreign.gates import GATES
from xlcheck.foreign.network import Network, Places
from xlcheck.graph.quantities import Graph, Quantity
from xlcheck.layers.forward import forward_graph
from xlcheck.spec.model_spec import ModelSpec

Array = NDArray[np.float64]

SINGLE = 1e-6
"""How far a typed weight may be from the model's: it was printed from single precision."""
ENOUGH = 0.6
"""The share of a table that must be right for it to be recognised."""


@dataclass(frozen=True)
class GivenModel:
    """A model with its numbers.

    Attributes:
        spec: the model.
        values: its weights, and its inputs `(samples, n)`, by quantity name.
    """

    spec: ModelSpec
    values: Mapping[str, Array]


def network_by_value(model: GivenModel, table: CellTable, values: CellValues, detected: Sequence[Network]) -> Network:
    """The cells that hold a model's weights and inputs.

    Args:
        model: the model.
        table: the workbook's cells.
        values: what they hold.
        detected: networks that were found by structure; one of the same shape says where the cells are.

    Raises:
        ModelError: a weight of the model does not stand in the workbook.
    """
    graph = forward_graph(model.spec)
    for network in detected:
        if _same_shape(network, graph):
            return _renamed(network, model)
    finder = _Finder(table, values)
    weights: dict[str, Places] = {}
    samples: list[dict[str, Places]] = []
    for quantity in graph:
        if quantity.is_weight:
            found = finder.weight(quantity, model)
            if found is None:
                raise ModelError(
                    f"the numbers of {quantity.name} {quantity.shape} do not stand in {table.content.path}; check that "
                    "the workbook shows this model, or say in a bindings file where its weights are"
                )
            weights[quantity.name] = found
    count = max((len(v) for n, v in model.values.items() if n in graph and not graph[n].is_weight), default=0)
    for sample in range(count):
        places = {}
        for quantity in graph:
            if quantity.expr is None and not quantity.is_weight and quantity.name in model.values:
                row = finder.vector(model.values[quantity.name][sample])
                if row is not None:
                    places[quantity.name] = row
        samples.append(places)
    return Network(model.spec, weights, tuple(samples) or ({},))


def _same_shape(network: Network, graph: Graph) -> bool:
    own = [(q.shape, q.step) for q in network.graph if q.expr is None and q.band.layer not in {"target", "loss"}]
    other = [(q.shape, q.step) for q in graph if q.expr is None and q.band.layer not in {"target", "loss"}]
    return own == other


def _renamed(network: Network, model: GivenModel) -> Network:
    """A network under the names of a model of the same shape."""
    own = [q.name for q in network.graph if q.expr is None and q.band.layer != "target"]
    other = [q.name for q in forward_graph(model.spec) if q.expr is None and q.band.layer != "target"]
    names = dict(zip(own, other, strict=True))
    weights = {names[name]: places for name, places in network.weights.items()}
    samples = tuple({names.get(name, name): places for name, places in sample.items()} for sample in network.samples)
    wanted = tuple(
        {n: model.values[n][i] for n in sample if n in model.values and not n.endswith("_init")}
        for i, sample in enumerate(samples)
        if all(i < len(model.values[n]) for n in sample if n in model.values)
    )
    return Network(model.spec, weights, samples, wanted=wanted if len(wanted) == len(samples) else ())


def weight_edits(
    network: Network, model: GivenModel, numbers: Mapping[Address, float]
) -> tuple[list[Edit], dict[Address, float]]:
    """The weights that differ from the model's by more than single precision, and the model's numbers for them."""
    edits: list[Edit] = []
    right: dict[Address, float] = {}
    for quantity, _, index, cell in network.cells():
        if not quantity.is_weight or quantity.name not in model.values:
            continue
        desired = float(model.values[quantity.name].reshape(-1)[index])
        scale = float(np.abs(model.values[quantity.name]).max())
        if not abs(numbers[cell] - desired) <= SINGLE * max(scale, abs(desired)):
            name = quantity.element(tuple(int(i) for i in np.unravel_index(index, quantity.shape)))
            edits.append(Edit(cell[0], cell_name(cell[1], cell[2]), name, numbers[cell], desired))
            right[cell] = desired
    return edits, right


class _Finder:
    """Looks for tables of numbers."""

    def __init__(self, table: CellTable, values: CellValues) -> None:
        self._numbers: dict[Address, float] = {}
        self._by_value: dict[float, list[Address]] = defaultdict(list)
        for address, position in table.index.items():
            number = float(values.numbers[position])
            if np.isfinite(number) and not table.is_formula(address):
                self._numbers[address] = number
                self._by_value[_key(number)].append(address)
        self._used: set[Address] = set()

    def weight(self, quantity: Quantity, model: GivenModel) -> Places | None:
        """The cells of a weight."""
        wanted = model.values[quantity.name]
        matrix = wanted.reshape(1, -1) if wanted.ndim == 1 else wanted.reshape(-1, wanted.shape[-1])
        kind = next(layer.kind for layer in model.spec.layers if layer.name == quantity.band.layer)
        gates = len(GATES.get(kind, ("y",)))
        for width in dict.fromkeys((matrix.shape[1], matrix.shape[1] // gates, 1)):
            parts = [self._block(matrix[:, i : i + width]) for i in range(0, matrix.shape[1], width)]
            if all(part is not None for part in parts):
                cells = np.concatenate([part for part in parts if part is not None], axis=1)
                self._used.update(cells.reshape(-1).tolist())
                return tuple(cells.reshape(-1).tolist())
        return None

    def vector(self, wanted: Array) -> Places | None:
        """The cells of a vector."""
        block = self._block(wanted.reshape(1, -1))
        if block is None:
            return None
        self._used.update(block.reshape(-1).tolist())
        return tuple(block.reshape(-1).tolist())

    def _block(self, wanted: Array) -> NDArray[np.object_] | None:
        """The cells of a table that stands in one piece."""
        starts: Counter[tuple[Address, bool]] = Counter()
        for (row, column), number in np.ndenumerate(wanted):
            for sheet, r, c in self._near(float(number)):
                starts[(sheet, r - row, c - column), False] += 1
                if wanted.shape[0] > 1 or wanted.shape[1] > 1:
                    starts[(sheet, r - column, c - row), True] += 1
        for ((sheet, top, left), transposed), count in starts.most_common(20):
            if count < ENOUGH * wanted.size:
                break
            cells = np.empty(wanted.shape, dtype=object)
            for row, column in np.ndindex(*wanted.shape):
                down, right = (column, row) if transposed else (row, column)
                cells[row, column] = (sheet, top + down, left + right)
            flat = cells.reshape(-1).tolist()
            if all(cell in self._numbers and cell not in self._used for cell in flat):
                return cells
        return None

    def _near(self, number: float) -> Iterator[Address]:
        key = _key(number)
        for neighbour in (key, _key(number * (1 + SINGLE)), _key(number * (1 - SINGLE))):
            yield from self._by_value.get(neighbour, ())
            if neighbour == key == 0:
                return


def _key(number: float) -> float:
    """Five significant digits."""
    return float(f"{number:.5g}")
