"""Every number that a textbook's backward pass knows of a dense network, to be found again by its values.

The chain rule in the columns in which people write it: ∂E/∂o, ∂o/∂z, ∂z/∂w, their products of two and three, what flows
back over each edge, and the sums of those (Rumelhart, Hinton, Williams 1986).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from xlcheck.arrays import Array
from xlcheck.handmade.backward.evaluation import same
from xlcheck.handmade.backward.through_time import through_time
from xlcheck.handmade.backward.truth import Truth

_CLOSE = 1e-9
_ENOUGH = 4
_MIDDLE = {"sigmoid": 0.5, "tanh": 0.0}
"""Activation → what it gives of 0, which is between the answers."""


OF_CLASSES = "E of the classes as they are"
"""The cross-entropy of all samples as people type it who know the classes."""


ANSWERS = ("right answers", "wrong answers")
"""What is counted of the samples of a step."""


@dataclass(frozen=True)
class Quantity:
    """A number of the backward pass.

    Attributes:
        name: as a textbook writes it.
        values: under each setting, the last one being the numbers shown.
        rounding: how far rounding may lead from them, where numbers that are nearly equal are subtracted.
    """

    name: str
    values: Array
    rounding: Array | float = 0.0


@dataclass(frozen=True)
class Role:
    """A quantity times a factor.

    Attributes:
        quantity: the quantity.
        factor: 1, or how the cell counts it: half of it, its negative, times the learning rate.
    """

    quantity: Quantity
    factor: Array | float = 1.0

    @property
    def desired(self) -> float:
        """Its value for the numbers shown."""
        return float((self.quantity.values * self.factor)[-1])

    @property
    def rounding(self) -> float:
        """How far rounding may lead from it."""
        return float(np.max(np.abs(np.atleast_1d(self.quantity.rounding * self.factor)[-1])))


def bias_gradient(number: int, units: Sequence[int]) -> str:
    """What the gradient of a bias is called, which some units of a layer have.

    Args:
        number: of the layer, from 1.
        units: from 0.
    """
    return f"∂E/∂b{number}[{','.join(str(u + 1) for u in units)}]"


def quantities(truth: Truth) -> Iterator[Quantity]:
    """All quantities of a network, those first that others may be equal to."""
    count = len(truth.network.samples)
    yield Quantity("E", truth.losses.sum(axis=1))
    yield Quantity("sum of |error|", np.nansum(np.abs(truth.layers[-1].y - truth.targets), axis=(1, 2)))
    for cells, layer, number in zip(truth.network.layers, truth.layers, range(1, len(truth.layers) + 1), strict=True):
        for u in range(layer.kernel.shape[2]):
            for i, name in enumerate(cells.input_names):
                yield Quantity(f"∂E/∂w{number}[{name},{u + 1}]", layer.kernel[:, i, u])
            if cells.bias is not None:
                yield Quantity(bias_gradient(number, (u,)), cells.sign * layer.bias[:, u])
        for units in (own for own in cells.biases.values() if len(own) > 1):
            yield Quantity(bias_gradient(number, units), cells.sign * layer.bias[:, units].sum(axis=1))
    for s in range(count):
        mark = f"({s + 1})" if count > 1 else ""
        if truth.network.samples[s].targets:
            yield from _of_outputs(truth, s, mark)
        for number in range(len(truth.network.samples[s].outputs)):
            yield from _of_layer(truth, s, number, mark)
    yield from of_typed_classes(truth)
    yield from _right_answers(truth)
    yield from (Quantity(*own) for own in through_time(truth))


def on_the_way_forward(truth: Truth) -> Iterator[Quantity]:
    """What people compute from the weights of a network up to its loss.

    Args:
        truth: what Keras says of the network.
    """
    count = len(truth.network.samples)
    yield Quantity("E", truth.losses.sum(axis=1))
    for s, sample in enumerate(truth.network.samples):
        mark = f"({s + 1})" if count > 1 else ""
        if sample.targets:
            yield from _of_outputs(truth, s, mark)
        for number, layer in enumerate(truth.layers[: len(sample.outputs)], 1):
            for u in range(layer.z.shape[2]):
                yield Quantity(f"z{number}{mark}[{u + 1}]", layer.z[:, s, u])
                yield Quantity(f"o{number}{mark}[{u + 1}]", layer.y[:, s, u])


def _of_outputs(truth: Truth, s: int, mark: str) -> Iterator[Quantity]:
    """What is made of the outputs of a sample and its targets."""
    targets = truth.targets[:, s]
    outputs = truth.layers[-1].y[:, s]
    yield Quantity(f"E{mark}", truth.losses[:, s])
    for u in range(outputs.shape[1]):
        error = outputs[:, u] - targets[:, u]
        yield Quantity(f"target{mark}[{u + 1}]", targets[:, u])
        yield Quantity(f"error{mark}[{u + 1}]", error)
        yield Quantity(f"squared error{mark}[{u + 1}]", error**2)
        yield Quantity(f"|error|{mark}[{u + 1}]", np.abs(error))
        with np.errstate(all="ignore"):
            one, other = targets[:, u] * np.log(outputs[:, u]), (1 - targets[:, u]) * np.log(1 - outputs[:, u])
            both = one + other
        yield Quantity(f"t ln o{mark}[{u + 1}]", one)
        yield Quantity(f"(1 − t) ln(1 − o){mark}[{u + 1}]", other)
        yield Quantity(f"cross-entropy{mark}[{u + 1}]", both)
    if truth.loss == "categorical_crossentropy":
        yield from _divergences(targets, outputs, mark)


def _divergences(targets: Array, outputs: Array, mark: str) -> Iterator[Quantity]:
    """How far shares are from those they should be (Kullback and Leibler 1951), with the gradients of an entropy."""
    with np.errstate(all="ignore"):
        parts = np.where(targets == 0, 0.0, targets * np.log(targets / outputs))
    yield Quantity(f"E as a divergence{mark}", parts.sum(axis=1))
    yield from (Quantity(f"t ln(t/o){mark}[{u + 1}]", parts[:, u]) for u in range(parts.shape[1]))


def of_typed_classes(truth: Truth) -> Iterator[Quantity]:
    """The cross-entropy of each sample, and of all, as people type it who know the classes: −ln o, or −ln(1 − o)."""
    if not truth.loss.endswith("crossentropy"):
        return
    is_share = truth.loss == "categorical_crossentropy"
    total, by_sums = np.zeros(len(truth.targets)), np.zeros(len(truth.targets))
    for s in (s for s, sample in enumerate(truth.network.samples) if sample.targets):
        outputs, shown = truth.layers[-1].y[:, s], truth.targets[-1, s]
        if not np.isin(shown, (0.0, 1.0)).all() or (is_share and shown.sum() != 1):
            return
        answers = outputs[:, shown == 1] if is_share else np.where(shown == 1, outputs, 1 - outputs)
        with np.errstate(all="ignore"):
            own, by_sum = -np.log(answers).sum(axis=1), -np.log((truth.targets[:, s] * outputs).sum(axis=1))
        total, by_sums = total + own, by_sums + by_sum
        yield Quantity(f"−ln of the right class({s + 1})", own)
        if is_share:
            yield Quantity(f"−ln Σ t·o({s + 1})", by_sum)
    yield Quantity(OF_CLASSES, total)
    if is_share:
        yield Quantity("Σ −ln Σ t·o", by_sums)


def _right_answers(truth: Truth) -> Iterator[Quantity]:
    """How many samples are answered rightly, or wrongly, where there are enough of them to tell a threshold."""
    z, targets, count = truth.layers[-1].z, truth.targets, len(truth.network.samples)
    if count < _ENOUGH or np.isnan(targets).any():
        return
    if truth.network.layers[-1].activation == "softmax":
        right = [z.argmax(axis=2) == targets.argmax(axis=2)]
    elif z.shape[2] == 1 and (activation := truth.network.layers[-1].activation) in _MIDDLE:
        above = targets[:, :, 0] > _MIDDLE[activation]
        right = [(z[:, :, 0] > 0) == above, (z[:, :, 0] >= 0) == above]  # before the first step all may be 0
    else:
        return
    for own in right:
        for name, counted in zip(ANSWERS, (own, ~own), strict=True):
            yield Quantity(name, counted.sum(axis=1).astype(float))


def _of_layer(truth: Truth, s: int, number: int, mark: str) -> Iterator[Quantity]:
    """What the units of a layer hold for a sample, and what the loss is by each of it."""
    layer, signal = truth.layers[number], truth.signal(number, s)
    for u in range(layer.z.shape[2]):
        place = f"{number + 1}{mark}[{u + 1}]"
        z, y, dz, dy, slope = (a[:, s, u] for a in (layer.z, layer.y, layer.dz, layer.dy, layer.slope))
        yield Quantity(f"z{place}", z)
        yield Quantity(f"o{place}", y)
        yield Quantity(f"∂E/∂o{place}", dy)
        yield Quantity(f"∂E/∂z{place}", dz)
        yield Quantity(f"∂o/∂z{place}", slope)
        yield Quantity(f"1 − o{place}", 1 - y)
        for i, name in enumerate(truth.network.layers[number].input_names):
            edge = f"{number + 1}{mark}[{name},{u + 1}]"
            yield Quantity(f"∂E/∂w{edge}", dz * signal[:, i])
            yield Quantity(f"∂o/∂w{edge}", slope * signal[:, i])
            yield Quantity(f"∂z/∂w{edge}", signal[:, i])
    for u, k in np.ndindex(layer.shares.shape[2:]):
        share, edge = layer.shares[:, s, u, k], f"{number + 1}{mark}[{u + 1},{k + 1}]"
        yield Quantity(f"∂o/∂z{edge}", share)
        yield Quantity(f"∂E/∂o · ∂o/∂z{edge}", layer.dy[:, s, u] * share)
    for u in range(layer.z.shape[2]):
        yield from _back(truth, s, number, u, mark)


def _back(truth: Truth, s: int, number: int, u: int, mark: str) -> Iterator[Quantity]:
    """What flows back from a unit over each edge to the units that it reads."""
    layer, kernel = truth.layers[number], truth.kernels[number]
    dz, slope = layer.dz[:, s, u], layer.slope[:, s, u]
    for i, name in enumerate(truth.network.layers[number].input_names):
        edge = f"{number + 1}{mark}[{name},{u + 1}]"
        weight = kernel[:, i, u]
        yield Quantity(f"∂z/∂h{edge}", weight)
        yield Quantity(f"∂E/∂z · w{edge}", dz * weight)
        yield Quantity(f"∂o/∂h{edge}", slope * weight)
        if (below := truth.below(number, s, i)) is None:
            continue
        steep, under = truth.layers[below[0]].slope[:, below[1], below[2]], truth.signal(*below[:2])
        yield Quantity(f"∂E/∂z · w · ∂h/∂z{edge}", dz * weight * steep)
        yield Quantity(f"∂o/∂z below{edge}", slope * weight * steep)
        yield Quantity(f"w · ∂h/∂z{edge}", weight * steep)
        for k in range(under.shape[1]):
            path = f"{edge}[{k + 1}]"
            yield Quantity(f"∂E/∂z · w · ∂h/∂w{path}", dz * weight * steep * under[:, k])
            yield Quantity(f"∂o/∂w below{path}", slope * weight * steep * under[:, k])
            yield Quantity(f"w · ∂h/∂w{path}", weight * steep * under[:, k])


class Library:
    """Quantities, to be looked up by value up to a factor.

    Args:
        found: the quantities; of equal ones the first counts.
        counts: whole numbers by which sums are divided, such as those of the samples and of the outputs.

    Attributes:
        by_name: the quantities by their names.
    """

    def __init__(self, found: Sequence[Quantity], counts: Sequence[int]) -> None:
        self._by_shape: dict[tuple[int, ...], list[Quantity]] = {}
        self.by_name: dict[str, Quantity] = {}
        for quantity in found:
            self.by_name.setdefault(quantity.name, quantity)
            if (key := _key(quantity.values)) is not None:
                self._by_shape.setdefault(key, []).append(quantity)
        numbers = {float(n) for n in (1, 2, 4, *counts, *(2 * count for count in counts))}
        self._factors = tuple({a / b for a in numbers for b in numbers})

    def role(self, values: Array, rates: Sequence[Array | float] = (), *, shown: bool = True) -> Role | None:
        """The quantity that has these values, up to a factor that people use; None if there is none.

        Args:
            values: under every setting.
            rates: learning rates by which it may be multiplied.
            shown: whether its value for the numbers shown counts, as it does not where these do not tell it.
        """
        known = slice(None if shown else -1)
        values = values if shown else np.append(values[:-1], 0.0)
        for rate in (1.0, *rates):
            with np.errstate(all="ignore"):
                plain = values / rate
            key = _key(plain)
            found = None
            for quantity in self._by_shape.get(key, ()) if key is not None else ():
                index = int(np.argmax(np.abs(quantity.values[known])))
                rounding = np.broadcast_to(quantity.rounding, quantity.values.shape)[known]
                factor = float(plain[index] / quantity.values[index])
                if (
                    self.is_usual(factor)
                    and same(quantity.values[known] * factor, plain[known], rounding)
                    and (found is None or factor > 0)
                ):
                    found = Role(quantity, factor * rate)
                    if factor > 0:  # of two units with a softmax, each has the other one's error with a minus
                        break
            if found is not None:
                return found
        return None

    def is_usual(self, factor: float, power: int = 1) -> bool:
        """Whether people count a quantity by such a factor, or one to some power by that of it."""
        return any(abs(abs(factor) / known**power - 1) < _CLOSE for known in self._factors)


def _key(values: Array) -> tuple[int, ...] | None:
    """The same for values that differ by a factor only; None for what is 0 or no number somewhere."""
    if not np.isfinite(values).all():
        return None
    largest = np.abs(values[:-1]).max()
    if not isfinite(largest) or largest < 1e-12:
        return None
    index = int(np.argmax(np.abs(values[:-1]) > (1 - _CLOSE) * largest))  # signs are equally large but for rounding
    return tuple(int(x) for x in np.round(values[:-1] / values[index] * 1e6))
