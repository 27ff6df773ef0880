"""Activations against Keras, from tail to tail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from xlcheck.errors import NotSupportedError
from xlcheck.graph.evaluate import evaluate, value_of
from xlcheck.graph.expressions import BatchMean, Expr, Ref
from xlcheck.graph.gradients import backward
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.activations import ACTIVATIONS, FORMER, activation, celu, elu, gelu, relu
from xlcheck.model.keras_builder import to_keras
from xlcheck.model.keras_import import import_keras
from xlcheck.model.layer_options import HARD_SIGMOID_KERAS2
from xlcheck.model.model_spec import LayerSpec, sequential

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


def test_the_hard_sigmoid_of_keras_2_is_that_of_keras_3_for_a_fifth_more() -> None:
    """`clip(0.2·x + 0.5)` is Keras 3's `clip(x/6 + 0.5)` of 1.2 times as much; a model is built with it, too."""
    former = value_of(FORMER[HARD_SIGMOID_KERAS2].apply(Ref("x")), {"x": X})
    desired = keras_value(lambda x: import_keras().activations.hard_sigmoid(1.2 * x))
    np.testing.assert_allclose(former, desired, rtol=1e-14, atol=4e-15)

    layer = LayerSpec(
        "Dense", "d", {"units": 1, "activation": HARD_SIGMOID_KERAS2, "use_bias": False}, {"kernel": (1, 1)}
    )
    model = to_keras(sequential("m", (1,), (layer,)), {"d.kernel": np.ones((1, 1))})
    x = np.array([[-3.0], [-1.0], [0.5], [2.4], [2.6]])
    np.testing.assert_allclose(np.asarray(model(x)), np.clip(0.2 * x + 0.5, 0, 1), rtol=1e-14, atol=1e-14)


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


KINKS = np.array([-6.0, -3.0, -2.5, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 2.5, 3.0, 6.0])[:, None]
SLOPES: dict[str, tuple[Callable[[Expr], Expr], Callable[[Any], Any]]] = {
    **{
        name: (ACTIVATIONS[name].apply, lambda x, name=name: import_keras().activations.get(name)(x))
        for name in ACTIVATIONS
        if name not in ("linear", "softmax", "log_softmax")
    },
    **{
        f"ReLU {options}": (
            lambda x, options=options: relu(x, *options),
            lambda x, options=options: import_keras().layers.ReLU(
                max_value=options[1], negative_slope=options[0], threshold=options[2], dtype="float64"
            )(x),
        )
        for options in [(0.0, 6.0, 0.0), (0.0, 2.0, 0.0), (0.5, None, 0.0), (0.5, 6.0, 0.0), (0.5, 3.0, 0.5)]
    },
}


@pytest.mark.parametrize("name", SLOPES)
def test_slopes_at_kinks_are_keras_s(name: str) -> None:
    """Where a curve has a corner, the slope is the one that TensorFlow takes there."""
    import tensorflow as tf

    expression, function = SLOPES[name]
    build = GraphBuilder()
    x = build.given(Band("layer", "x_init", Role.STATE), (1,))
    y = build.let(Band("layer", "y", Role.OUTPUT), expression(x))
    sample = build.let(Band("loss", "sample", Role.LOSS), y * 1.0)
    build.let(Band("loss", "mean", Role.LOSS), BatchMean(sample))
    actual = evaluate(backward(build.build(), 1), {"layer.x_init": KINKS})["layer.d_x_init"]
    tensor = tf.constant(KINKS, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        value = function(tensor)

    np.testing.assert_allclose(actual, tape.gradient(value, tensor), rtol=1e-14, atol=1e-14)
