"""The weights that stand in a workbook against those of a model: which differ, and in what way.

A number may be mistyped or rounded, a kernel may stand with rows and columns exchanged, the gates may
stand in another order. What single precision does to a number is no error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import permutations

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address
from xlcheck.graph.quantities import Quantity
from xlcheck.handmade.networks.network import Network
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.results import result_at
from xlcheck.layers.gates import GATES
from xlcheck.verdicts.messages import plural, show_apart
from xlcheck.verdicts.report import CellResult, Status

SINGLE = 2e-7
"""How far a typed weight may be from the model's, relative to the largest one: it was printed in single precision."""
_MOST_DIGITS = 12
_TRANSPOSED, _GATES = "kernel-transposed", "gate-order"


@dataclass(frozen=True)
class Reading:
    """How a weight stands in a workbook.

    Attributes:
        arranged: the model's numbers in the order that explains most of what stands there.
        share: which part of the numbers is right in this order.
        diagnosis: the name of the order, if it is not the model's own.
        gates: for gates in another order, the gate whose numbers stand at each of Keras's places.
    """

    arranged: Array
    share: float
    diagnosis: str | None = None
    gates: tuple[str, ...] = ()


@dataclass(frozen=True)
class WeightReport:
    """What became of the weights.

    Attributes:
        compared: the cells that were compared.
        noisy: how many differ from the model's by no more than single precision.
        right: the model's number for each cell that differs by more.
        results: these cells, in words.
    """

    compared: frozenset[Address] = frozenset()
    noisy: int = 0
    right: Mapping[Address, float] = field(default_factory=dict)
    results: tuple[CellResult, ...] = ()

    def notes(self) -> Iterator[str]:
        """What a reader should know about the weights."""
        if self.compared:
            yield f"{plural(len(self.compared), 'weight was', 'weights were')} compared with those of the model"
        if self.noisy:
            what = plural(self.noisy, "weight differs", "weights differ")
            yield f"{what} from the model's by no more than single precision does, which is no error"


def compare_weights(
    network: Network, values: Mapping[str, Array], numbers: Mapping[Address, float], table: CellTable
) -> WeightReport:
    """Compare the weights of a network with those of a model.

    Args:
        network: where they stand.
        values: the model's weights by quantity name.
        numbers: the number in each cell.
        table: the cells of the workbook.
    """
    compared: set[Address] = set()
    noisy = 0
    right: dict[Address, float] = {}
    results: list[CellResult] = []
    for quantity in network.given:
        if not quantity.is_weight or quantity.name not in values:
            continue
        wanted = values[quantity.name].reshape(quantity.shape)
        places = network.places(quantity, 0)
        stands = np.array([np.nan if cell is None else numbers[cell] for cell in places]).reshape(quantity.shape)
        reading = read_weight(stands, wanted, kind_of(network, quantity))
        limit = _limit(wanted)
        for index, cell in zip(np.ndindex(quantity.shape), places, strict=True):
            if cell is None:
                continue
            compared.add(cell)
            actual, desired = numbers[cell], float(wanted[index])
            if abs(actual - desired) <= limit:
                noisy += actual != desired
                continue
            right[cell] = desired
            diagnosis, why = _why(actual, desired, index, quantity, reading)
            is_, should = show_apart(actual, desired)
            name = quantity.element(index)
            message = f"The model's {name} is {should}, but {is_} stands here{why}."
            results.append(
                result_at(
                    table, cell, Status.ROOT, message, actual, quantity=name, desired=desired, local=desired,
                    diagnosis=diagnosis,
                )
            )  # fmt: skip
    return WeightReport(frozenset(compared), noisy, right, tuple(results))


def kind_of(network: Network, quantity: Quantity) -> str:
    """The class in Keras of the layer that a weight belongs to; empty for a layer inside a wrapper."""
    return next((layer.kind for layer in network.spec.layers if layer.name == quantity.band.layer), "")


def read_weight(stands: Array, wanted: Array, kind: str) -> Reading:
    """The order of a model's numbers that explains most of what stands in the cells of a weight.

    Args:
        stands: what stands there, in the shape of the weight; NaN for a cell without a number.
        wanted: the model's numbers.
        kind: the layer's class in Keras.
    """
    limit = _limit(wanted)
    readings = [
        Reading(arranged, float((np.abs(stands - arranged) <= limit).mean()), diagnosis, gates)
        for arranged, diagnosis, gates in _orders(wanted.reshape(stands.shape), kind)
    ]
    return max(readings, key=lambda reading: reading.share)


def _orders(wanted: Array, kind: str) -> Iterator[tuple[Array, str | None, tuple[str, ...]]]:
    """The numbers as they are, transposed gate by gate if that has the same shape, and with the gates exchanged."""
    yield wanted, None, ()
    gates = GATES.get(kind, ("y",))
    blocks = np.split(wanted, len(gates), axis=-1) if wanted.shape[-1] % len(gates) == 0 else [wanted]
    if wanted.ndim == 2 and blocks[0].shape[0] == blocks[0].shape[1] > 1:
        yield np.concatenate([block.T for block in blocks], axis=1), _TRANSPOSED, ()
    if len(blocks) > 1:
        for order in permutations(range(len(blocks))):
            if order != tuple(range(len(blocks))):
                yield np.concatenate([blocks[i] for i in order], axis=-1), _GATES, tuple(gates[i] for i in order)


def _limit(wanted: Array) -> float:
    return SINGLE * float(np.abs(wanted).max(initial=0.0))


def _why(
    actual: float, desired: float, index: tuple[int, ...], quantity: Quantity, reading: Reading
) -> tuple[str | None, str]:
    """The name of the mistake in one weight, and its end of the sentence."""
    explained = abs(actual - float(reading.arranged[index])) <= _limit(reading.arranged)
    if explained and reading.diagnosis == _TRANSPOSED:
        return _TRANSPOSED, f": {quantity.name} stands here with rows and columns exchanged"
    if explained and reading.diagnosis == _GATES:
        units = quantity.shape[-1] // len(reading.gates)
        gate = reading.gates[index[-1] // units]
        return (
            _GATES,
            f", which belongs to the gate {gate}: the gates stand in another order than the formulas read them",
        )
    for digits in range(1, _MOST_DIGITS):
        if actual == round(desired, digits):
            return "rounded-to-n-digits", f": it is rounded to {plural(digits, 'digit', 'digits')} after the point"
    if actual == -desired:
        return None, ", which has the opposite sign"
    return None, ""
