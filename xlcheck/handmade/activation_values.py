"""Keras's activations as functions of numbers, for formulas and cells that are known by their values."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from xlcheck.graph.evaluate import value_of
from xlcheck.graph.expressions import Ref
from xlcheck.layers.activations import ACTIVATIONS

Array = NDArray[np.float64]


@lru_cache
def activation_function(name: str) -> Callable[[Array], Array]:
    """An activation that takes each number by itself.

    Args:
        name: Keras's.
    """
    expression = ACTIVATIONS[name].apply(Ref("x"))
    return lambda z: np.asarray(value_of(expression, {"x": z[:, None]})[:, 0])
