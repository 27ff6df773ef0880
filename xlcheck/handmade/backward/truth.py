"""What Keras says of the networks of a sheet: forward and backward, under the settings and for the numbers shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address
from xlcheck.handmade import effort
from xlcheck.handmade.backward.network_cells import DenseNetwork
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
        inputs: `(settings, samples, features)`; of a recurrent layer the states of the step before among them.
        targets: `(settings, samples, outputs)`; not a number at a step without an output.
    """

    network: DenseNetwork
    loss: str
    layers: tuple[LayerGradients, ...]
    losses: Array
    kernels: tuple[Array, ...]
    inputs: Array
    targets: Array

    def signal(self, number: int, s: int) -> Array:
        """What a layer reads of a sample, layers counted from 0: `(settings, inputs)`."""
        return self.inputs[:, s] if number == 0 else self.layers[number - 1].y[:, s]

    @property
    def data(self) -> Array:
        """What the first layer reads of each sample, `(settings, samples, features)`, without states."""
        own = self.network.layers[0]
        return self.inputs[:, :, : len(own.kernel) - own.states]

    def below(self, number: int, s: int, i: int) -> tuple[int, int, int] | None:
        """The unit from which an input of a layer comes: its layer, its sample and its number; None if it is given."""
        if number:
            return number - 1, s, i
        states = self.network.layers[0].states
        features = len(self.network.layers[0].kernel) - states
        earlier = self.network.before[s] if states else None
        return None if earlier is None or i < features else (0, earlier, i - features)

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
    return layers, len(network.samples), network.before, tuple(bool(sample.targets) for sample in network.samples)


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
    if first.before:
        inputs = np.concatenate([inputs, np.concatenate([_states(network, cells) for network in networks])], axis=2)
    targets = _targets(networks, cells)
    layers, losses = ask(
        [layer.activation for layer in first.layers], kernels, biases, inputs, targets, loss, first.before
    )  # fmt: skip
    settings = len(losses) // len(networks)
    for number, network in enumerate(networks):
        own = slice(number * settings, (number + 1) * settings)
        part = tuple(LayerGradients(*(getattr(layer, name)[own] for name in layer.__slots__)) for layer in layers)
        own_kernels = tuple(kernel[own] for kernel in kernels)
        yield Truth(network, loss, part, losses[own], own_kernels, inputs[own], targets[own])


def _states(network: DenseNetwork, cells: Cells) -> Array:
    """What a recurrent layer reads of the step before, `(settings, samples, units)`; 0 where it is not written."""
    nothing = np.zeros_like(next(iter(cells.values())))
    return np.stack([
        np.stack([cells[cell] for cell in sample.states] or [nothing] * network.layers[0].states, axis=1)
        for sample in network.samples
    ], axis=1)  # fmt: skip


def _targets(networks: Sequence[DenseNetwork], cells: Cells) -> Array:
    """The targets; not a number at a step without an output."""
    width = len(networks[0].layers[-1].kernel[0])
    unknown: Address = ("", 0, -3)
    places = [[sample.targets or (unknown,) * width for sample in network.samples] for network in networks]
    return _stacked(places, {**cells, unknown: np.full_like(next(iter(cells.values())), np.nan)})


def _stacked(places: Sequence[Nested], cells: Cells) -> Array:
    """The values of nested cells, one network after the other: `(networks · settings, …)`."""
    return np.concatenate([_values(item, cells) for item in places])


def _values(item: Nested, cells: Cells) -> Array:
    if len(item) == 3 and isinstance(item[0], str):  # a cell: worksheet, row and column
        return cells[item]  # type: ignore[index]
    return np.stack([_values(part, cells) for part in item], axis=1)  # type: ignore[arg-type]
