"""The gradients of dense networks, as whoever asks Keras for them gets them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from xlcheck.arrays import Array

PERCEPTRON = "perceptron"
"""The rule of Rosenblatt's perceptron (1958) in the place of a loss: its outputs, of which there is no slope, less the
targets are what flows back into the sums."""

LOSSES = ("mean_squared_error", "binary_crossentropy", "categorical_crossentropy", PERCEPTRON)

THRESHOLDS: dict[str, Callable[[Array], Array]] = {
    f"{name} {sign} 0": function
    for name, low in (("step", 0.0), ("sign", -1.0))
    for sign, function in (
        ("≥", lambda z, low=low: np.where(z >= 0, 1.0, low)), (">", lambda z, low=low: np.where(z > 0, 1.0, low))
    )
}  # fmt: skip
"""The activations of a perceptron, by whether a sum of 0 is enough."""


_USUAL_SLOPE = 0.2
LEAKY = "leaky_relu"
"""Keras's name; with Keras's slope below 0, or with the one that `leaky` puts behind it."""


def leaky(slope: float) -> str:
    """The name of a leaky relu with this slope below 0."""
    return f"{LEAKY}, negative_slope={slope!r}"


def negative_slope(activation: str) -> float | None:
    """The slope below 0 of a leaky relu; None of other activations."""
    name, _, slope = activation.partition(", negative_slope=")
    return float(slope or _USUAL_SLOPE) if name == LEAKY else None


ABSOLUTE = "mean_absolute_error"
_HUBER = "huber, delta="


def huber(bound: float) -> str:
    """The name of Huber's loss with the bound up to which errors count by their squares."""
    return f"{_HUBER}{bound!r}"


def bound_of(loss: str) -> float | None:
    """The bound of Huber's loss; None of other losses."""
    return float(loss.removeprefix(_HUBER)) if loss.startswith(_HUBER) else None


def losses_of(activation: str) -> tuple[str, ...]:
    """The losses that a last layer with an activation may make smaller."""
    if activation in THRESHOLDS:
        return (PERCEPTRON,)
    usual = LOSSES[:-1]
    return usual if activation == "softmax" else tuple(loss for loss in usual if not loss.startswith("categorical"))


@dataclass(frozen=True, slots=True)
class LayerGradients:
    """One layer of all networks.

    Attributes:
        z: the sums, `(networks, samples, units)`.
        y: the outputs, of the same shape.
        slope: ∂y/∂z, of the same shape; for softmax the sums of the columns, which are 0.
        dz: the loss by the sums, of the same shape.
        dy: the loss by the outputs, of the same shape.
        kernel: the loss by the weights, `(networks, inputs, units)`.
        bias: the loss by the biases, `(networks, units)`.
        shares: of a softmax each output by each sum, `(networks, samples, outputs, sums)`; of other layers none.
    """

    z: Array
    y: Array
    slope: Array
    dz: Array
    dy: Array
    kernel: Array
    bias: Array
    shares: Array


DenseGradients = Callable[
    [Sequence[str], Sequence[Array], Sequence[Array], Array, Array, str, Sequence[int | None]],
    tuple[list[LayerGradients], Array],
]
"""What `oracle.dense_steps.dense_gradients` is."""
