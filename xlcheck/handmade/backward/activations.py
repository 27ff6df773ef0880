"""Keras's activations as functions of one number, for cells whose formula is known by its values only.

Source: https://keras.io/api/layers/activations (Keras 3).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ACTIVATIONS: Final[Mapping[str, Callable[[Array], Array]]] = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0.0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.2 * z),
    "softplus": lambda z: np.log1p(np.exp(z)),
    "elu": lambda z: np.where(z > 0, z, np.expm1(z)),
}
"""Keras's name → function."""


def softmax(z: Array) -> Array:
    """Exponentials over their sum, along the first axis."""
    exponentials = np.exp(z)
    return np.asarray(exponentials / exponentials.sum(axis=0))
