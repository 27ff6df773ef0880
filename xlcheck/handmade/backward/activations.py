"""Keras's activations as functions of numbers, for cells of which only the values are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from xlcheck.arrays import Array
from xlcheck.layers.activations import activation_function

_NAMES = ("sigmoid", "tanh", "relu", "leaky_relu", "softplus", "elu")
"""Those that people train networks with in a sheet; softmax needs the numbers of all units."""


ACTIVATIONS: Final[Mapping[str, Callable[[Array], Array]]] = {name: activation_function(name) for name in _NAMES}
"""Keras's name → function."""


def softmax(z: Array) -> Array:
    """Exponentials over their sum, along the first axis."""
    exponentials = np.exp(z)
    return np.asarray(exponentials / exponentials.sum(axis=0))
