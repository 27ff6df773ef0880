"""Keras's activations as functions of numbers, for cells of which only the values are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from xlcheck.graph.evaluate import value_of
from xlcheck.graph.expressions import Expr, Ref
from xlcheck.layers import activations

Array = NDArray[np.float64]

_NAMES = ("sigmoid", "tanh", "relu", "leaky_relu", "softplus", "elu")
"""Those that people train networks with in a sheet; softmax needs the numbers of all units."""


def _apply(expression: Expr, z: Array) -> Array:
    return np.asarray(value_of(expression, {"x": z[:, None]})[:, 0])


ACTIVATIONS: Final[Mapping[str, Callable[[Array], Array]]] = {
    name: partial(_apply, activations.ACTIVATIONS[name].apply(Ref("x"))) for name in _NAMES
}
"""Keras's name → function."""


def softmax(z: Array) -> Array:
    """Exponentials over their sum, along the first axis."""
    exponentials = np.exp(z)
    return np.asarray(exponentials / exponentials.sum(axis=0))
