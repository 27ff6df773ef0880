"""A model that is at hand: find its weights and inputs in a workbook, and compare them.

Where the formulas show a network of the model's shape, they say which cell is which weight. Otherwise a
weight is looked for as a whole table, as it is or with rows and columns exchanged, then gate by gate,
column by column, and at last number by number. A table is recognised although some of its numbers
differ: those are what somebody has mistyped.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from xlcheck.arrays import Array
from xlcheck.errors import ModelError
from xlcheck.formulas.algebra import Address
from xlcheck.graph.quantities import Graph, Quantity
from xlcheck.handmade.networks.network import Network, Places, graph_of
from xlcheck.handmade.networks.ranges import places
from xlcheck.handmade.networks.weights import SINGLE, kind_of, read_weight
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.layers.gates import GATES
from xlcheck.model.model_spec import ModelSpec

ENOUGH = 0.6
"""The share of a table that must be right for it to be recognised."""
_AROUND = "target", "loss"


@dataclass(frozen=True)
class GivenModel:
    """A model with its numbers.

    Attributes:
        spec: the model.
        values: its weights, and its inputs `(samples, n)` if there are any, by quantity name.
    """

    spec: ModelSpec
    values: Mapping[str, Array]

    @property
    def samples(self) -> int:
        """How many samples of inputs there are."""
        weights = {f"{layer.name}." for layer in self.spec.layers}
        return max((len(v) for n, v in self.values.items() if not n.startswith(tuple(weights))), default=0)


def network_by_value(model: GivenModel, table: CellTable, values: CellValues, detected: Sequence[Network]) -> Network:
    """The cells that hold a model's weights and inputs.

    Args:
        model: the model.
        table: the workbook's cells.
        values: what they hold.
        detected: networks that were found by structure; one of the same shape says where the cells are.

    Raises:
        ModelError: a weight of the model does not stand in the workbook, or none of its inputs does.
    """
    numbers = {address: float(values.numbers[i]) for address, i in table.index.items()}
    renamed = [under_model(network, model, numbers) for network in detected if has_shape_of(network, model)]
    shares = [_share(network, model, numbers) for network in renamed]
    if shares and max(shares) >= ENOUGH:
        return renamed[shares.index(max(shares))]
    finder = _Finder({cell: n for cell, n in numbers.items() if np.isfinite(n) and not table.is_formula(cell)}, model)
    graph = graph_of(model.spec)
    weights: dict[str, Places] = {}
    for quantity in graph:
        if quantity.is_weight:
            found = finder.weight(quantity)
            if found is None:
                raise ModelError(
                    f"the numbers of {quantity.name} {quantity.shape} do not stand in {table.content.path}; check that "
                    "the workbook shows this model, or say in a bindings file where its weights are"
                )
            weights[quantity.name] = found
    inputs = [q.name for q in graph if q.expr is None and not q.is_weight and q.name in model.values]
    samples = [finder.document(inputs, sample) for sample in range(model.samples)]
    found_samples = tuple(sample for sample in samples if sample is not None)
    if not found_samples:
        raise ModelError(
            f"the weights of the model stand in {table.content.path}, but its inputs were not found; pass those that "
            "stand there with --inputs FILE, or say in a bindings file where they are"
        )
    return Network(model.spec, weights, found_samples)


def has_shape_of(network: Network, model: GivenModel) -> bool:
    """Whether a network has as many weights and inputs as a model, of the same shapes and in the same order."""
    return _shapes(network.graph) == _shapes(graph_of(model.spec))


def _shapes(graph: Graph) -> list[tuple[tuple[int, ...], int | None]]:
    return [(q.shape, q.step) for q in graph if _is_given(q)]


def _is_given(quantity: Quantity) -> bool:
    return quantity.expr is None and quantity.band.layer not in _AROUND


def under_model(network: Network, model: GivenModel, numbers: Mapping[Address, float]) -> Network:
    """A network under the names of a model of the same shape, with the model's inputs as what its own should be.

    Args:
        network: the network.
        model: the model; see `has_shape_of`.
        numbers: the number in each cell.
    """
    spec = replace(model.spec, loss=network.spec.loss)
    own = [q.name for q in network.graph if _is_given(q)]
    names = dict(zip(own, [q.name for q in graph_of(spec) if _is_given(q)], strict=True))
    weights = {names[name]: cells for name, cells in network.weights.items()}
    samples = tuple({names.get(name, name): cells for name, cells in sample.items()} for sample in network.samples)
    wanted = tuple(_nearest(sample, number, model, numbers) for number, sample in enumerate(samples))
    return Network(spec, weights, samples, wanted=wanted)


def _nearest(
    sample: Mapping[str, Places], number: int, model: GivenModel, numbers: Mapping[Address, float]
) -> dict[str, Array]:
    """What the inputs of a document should be: the given sample that has most of its numbers."""
    names = [name for name in sample if name in model.values and not name.endswith("_init")]
    if not names:
        return {}
    stands = np.array([np.nan if c is None else numbers.get(c, np.nan) for name in names for c in sample[name]])
    given = np.concatenate([model.values[name].reshape(model.samples, -1) for name in names], axis=1)
    equal = (given == stands).sum(axis=1)
    nearest = max(range(model.samples), key=lambda k: (equal[k], k == number, -k))
    return {name: model.values[name][nearest].reshape(-1) for name in names}


def _share(network: Network, model: GivenModel, numbers: Mapping[Address, float]) -> float:
    """How many of a model's weights stand where a network has them, in whatever order of gates."""
    right = total = 0.0
    for quantity in network.given:
        if quantity.is_weight:
            own = network.places(quantity, 0)
            stands = np.array([np.nan if cell is None else numbers.get(cell, np.nan) for cell in own])
            reading = read_weight(
                stands.reshape(quantity.shape), model.values[quantity.name], kind_of(network, quantity)
            )
            right += len(own) * reading.share
            total += len(own)
    return right / total if total else 0.0


class _Finder:
    """Looks for a model's tables of numbers.

    Args:
        numbers: the number in each constant cell.
        model: the model.
    """

    def __init__(self, numbers: Mapping[Address, float], model: GivenModel) -> None:
        self._numbers = numbers
        self._model = model
        self._kinds = {layer.name: layer.kind for layer in model.spec.layers}
        self._by_value: dict[float, list[Address]] = defaultdict(list)
        for address, number in numbers.items():
            self._by_value[_key(number)].append(address)
        self._used: set[Address] = set()

    def weight(self, quantity: Quantity) -> Places | None:
        """The cells of a weight, or None."""
        wanted = self._model.values[quantity.name]
        matrix = wanted.reshape(1, -1) if wanted.ndim == 1 else wanted.reshape(-1, wanted.shape[-1])
        gates = len(GATES.get(self._kinds.get(quantity.band.layer, ""), ("y",)))
        for width in dict.fromkeys((matrix.shape[1], matrix.shape[1] // gates, 1)):
            cells = self._side_by_side([matrix[:, i : i + width] for i in range(0, matrix.shape[1], width)], axis=1)
            if cells is not None:
                return places(cells)
        return None

    def document(self, names: Sequence[str], sample: int) -> dict[str, Places] | None:
        """The cells of one sample's inputs, as one table or as one for each step; None if they do not stand here."""
        rows = [self._model.values[name][sample].reshape(-1) for name in names]
        if not rows:
            return None
        cells = None
        if len({row.size for row in rows}) == 1:
            cells = self._side_by_side([np.stack(rows)], axis=0)
        if cells is None:
            cells = self._side_by_side([row.reshape(1, -1) for row in rows], axis=0)
        return None if cells is None else {name: places(row) for name, row in zip(names, cells, strict=True)}

    def _side_by_side(self, tables: Sequence[Array], axis: int) -> NDArray[np.object_] | None:
        """The cells of several tables that together make one, if all of them are found."""
        found: list[NDArray[np.object_]] = []
        for table in tables:
            block = self._block(table)
            if block is None:
                self._used.difference_update(cell for other in found for cell in places(other))
                return None
            self._used.update(cell for cell in places(block) if cell is not None)
            found.append(block)
        return np.concatenate(found, axis=axis)

    def _block(self, wanted: Array) -> NDArray[np.object_] | None:
        """The cells of a table that stands in one piece."""
        starts: Counter[tuple[Address, bool]] = Counter()
        for (row, column), number in np.ndenumerate(wanted):
            for sheet, r, c in self._near(float(number)):
                starts[(sheet, r - row, c - column), False] += 1
                if wanted.size > 1:
                    starts[(sheet, r - column, c - row), True] += 1
        for ((sheet, top, left), transposed), count in starts.most_common(20):
            if count < ENOUGH * wanted.size:
                break
            cells = np.empty(wanted.shape, dtype=object)
            for row, column in np.ndindex(*wanted.shape):
                down, right = (column, row) if transposed else (row, column)
                cells[row, column] = (sheet, top + down, left + right)
            if all(cell in self._numbers and cell not in self._used for cell in places(cells)):
                return cells
        return None

    def _near(self, number: float) -> Iterator[Address]:
        keys = {_key(number), _key(number * (1 + SINGLE)), _key(number * (1 - SINGLE))}
        for key in sorted(keys):
            yield from self._by_value.get(key, ())


def _key(number: float) -> float:
    """Five significant digits."""
    return float(f"{number:.5g}")
