"""What Keras says of the networks of a sheet: forward and backward, under the settings and for the numbers shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address
from xlcheck.handmade import effort
from xlcheck.handmade.backward.network import DenseNetwork
from xlcheck.learning.dense_gradients import DenseGradients, LayerGradients
from xlcheck.model.keras_import import import_keras

Cells = Mapping[Address, Array]
Nested = Sequence[object]


@dataclass(frozen=True)
class Truth:
    """One network under one loss.

    Attributes:
        network: its cells.
        loss: Keras's name.
        layers: what Keras computes in each layer; the first axis are the settings, the last of them the numbers shown.
        losses: of each sample, `(settings, samples)`.
        kernels: of each layer, `(settings, inputs, units)`.
        inputs: `(settings, samples, features)`.
        targets: `(settings, samples, outputs)`.
    """

    network: DenseNetwork
    loss: str
    layers: tuple[LayerGradients, ...]
    losses: Array
    kernels: tuple[Array, ...]
    inputs: Array
    targets: Array

    def weight_gradients(self) -> dict[Address, Array]:
        """The loss by each weight and bias; by a bias that several units share, the sum of theirs."""
        found: dict[Address, Array] = {}
        for cells, layer in zip(self.network.layers, self.layers, strict=True):
            for i, row in enumerate(cells.kernel):
                for u, cell in enumerate(row):
                    found[cell] = layer.kernel[:, i, u]
            for u, cell in enumerate(cells.bias or ()):
                found[cell] = found.get(cell, 0.0) + cells.sign * layer.bias[:, u]
        return found


def truths(networks: Sequence[DenseNetwork], cells: Cells, loss: str, ask: DenseGradients) -> list[Truth]:
    """Ask Keras about networks of any shapes, those of one shape at once.

    Args:
        networks: the networks.
        cells: the values of their weights, inputs and targets, `(settings,)` each.
        loss: one of Keras's.
        ask: asks Keras.
    """
    with effort.uncounted():
        import_keras()
    effort.require_time()
    shapes: dict[object, list[int]] = {}
    for number, network in enumerate(networks):
        shapes.setdefault(_shape(network), []).append(number)
    found: dict[int, Truth] = {}
    for numbers in shapes.values():
        group = [networks[number] for number in numbers]
        for number, truth in zip(numbers, _asked(group, cells, loss, ask), strict=True):
            found[number] = truth
    return [found[number] for number in range(len(networks))]


def _shape(network: DenseNetwork) -> object:
    layers = tuple((c.activation, len(c.kernel), len(c.kernel[0]), c.bias is None, c.sign) for c in network.layers)
    return layers, len(network.samples)


def _asked(networks: Sequence[DenseNetwork], cells: Cells, loss: str, ask: DenseGradients) -> Iterator[Truth]:
    first = networks[0]
    kernels, biases = [], []
    for number, layer in enumerate(first.layers):
        kernels.append(_stacked([network.layers[number].kernel for network in networks], cells))
        if layer.bias is None:
            biases.append(np.zeros((len(kernels[-1]), len(layer.kernel[0]))))
        else:
            added = _stacked([network.layers[number].bias or () for network in networks], cells)
            biases.append(layer.sign * added)
    inputs = _stacked([[sample.inputs for sample in network.samples] for network in networks], cells)
    targets = _stacked([[sample.targets for sample in network.samples] for network in networks], cells)
    layers, losses = ask(
        [layer.activation for layer in first.layers], kernels, biases, inputs, targets, loss
    )  # fmt: skip
    settings = len(losses) // len(networks)
    for number, network in enumerate(networks):
        own = slice(number * settings, (number + 1) * settings)
        part = tuple(LayerGradients(*(getattr(layer, name)[own] for name in layer.__slots__)) for layer in layers)
        own_kernels = tuple(kernel[own] for kernel in kernels)
        yield Truth(network, loss, part, losses[own], own_kernels, inputs[own], targets[own])


def _stacked(places: Sequence[Nested], cells: Cells) -> Array:
    """The values of nested cells, one network after the other: `(networks · settings, …)`."""
    return np.concatenate([_values(item, cells) for item in places])


def _values(item: Nested, cells: Cells) -> Array:
    if len(item) == 3 and isinstance(item[0], str):  # a cell: worksheet, row and column
        return cells[item]  # type: ignore[index]
    return np.stack([_values(part, cells) for part in item], axis=1)  # type: ignore[arg-type]
