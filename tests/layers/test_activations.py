"""Activations against Keras, from tail to tail."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from xlcheck.errors import NotSupportedError
from xlcheck.graph.evaluate import value_of
from xlcheck.graph.expressions import Expr, Ref
from xlcheck.layers.activations import ACTIVATIONS, activation, celu, elu, gelu, relu
from xlcheck.spec.keras_import import import_keras

pytestmark = pytest.mark.keras

POINTS = np.concatenate([np.linspace(-8, 8, 161), [-800.0, -40.0, -20.0, 20.0, 40.0, 700.0, -1e-9, 1e-9]])
X = POINTS[:, None] * np.array([[1.0, 0.3]])


def keras_value(function: Any, **options: Any) -> np.ndarray:
    return np.asarray(function(import_keras().ops.convert_to_tensor(X), **options))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation_is_keras_s(name: str) -> None:
    """Each activation gives Keras's values in double precision, where they are tiny as well as where they are large."""
    actual = value_of(ACTIVATIONS[name].apply(Ref("x")), {"x": X})

    # Keras itself takes differences of numbers near 1, so that a tiny result has an error of a rounding of 1.
    desired = keras_value(import_keras().activations.get(name))
    np.testing.assert_allclose(actual, desired, rtol=1e-14, atol=4e-15)


@pytest.mark.parametrize(
    ("expr", "function", "options"),
    [
        (relu(Ref("x"), 0.3), "relu", {"negative_slope": 0.3}),
        (relu(Ref("x"), 0.0, 2.3), "relu", {"max_value": 2.3}),
        (relu(Ref("x"), 0.0, None, 0.7), "relu", {"threshold": 0.7}),
        (relu(Ref("x"), 0.1, 0.53, 0.6), "relu", {"negative_slope": 0.1, "max_value": 0.53, "threshold": 0.6}),
        (relu(Ref("x"), 0.1, 2.3), "relu", {"negative_slope": 0.1, "max_value": 2.3}),
        (gelu(Ref("x"), approximate=True), "gelu", {"approximate": True}),
        (elu(Ref("x"), 0.37), "elu", {"alpha": 0.37}),
        (celu(Ref("x"), 0.37), "celu", {"alpha": 0.37}),
    ],
)
def test_options_of_activations_are_keras_s(expr: Expr, function: str, options: dict[str, Any]) -> None:
    """Options too, among them constants that TensorFlow rounds to single precision on its way to double."""
    actual = value_of(expr, {"x": X})

    desired = keras_value(getattr(import_keras().activations, function), **options)
    np.testing.assert_allclose(actual, desired, rtol=1e-14, atol=4e-15)


def test_unknown_activation_is_refused_with_the_list() -> None:
    """The sentence names the layer and the activation, and says what there is."""
    with pytest.raises(NotSupportedError, match=r"layer 'dense': activation 'sparsemax' is not supported; .* tanh"):
        activation("dense", "sparsemax")
