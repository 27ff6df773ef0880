"""The gradients of dense networks, as whoever asks Keras for them gets them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from xlcheck.arrays import Array

LOSSES = ("mean_squared_error", "binary_crossentropy", "categorical_crossentropy")


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
    """

    z: Array
    y: Array
    slope: Array
    dz: Array
    dy: Array
    kernel: Array
    bias: Array


DenseGradients = Callable[
    [Sequence[str], Sequence[Array], Sequence[Array], Array, Array, str], tuple[list[LayerGradients], Array]
]
"""What `oracle.dense_steps.dense_gradients` is."""
