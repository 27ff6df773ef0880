"""The steps of optimisers as textbooks write them, held against Keras's own where Keras has them."""

from __future__ import annotations

import numpy as np
import pytest

from xlcheck.learning.optimisers.textbook import Root, ahead, along, kept, scaled
from xlcheck.model.keras_import import import_keras

pytestmark = pytest.mark.keras

_RATE, _SHARE, _EPSILON, _STEPS = 0.05, 0.875, 1e-3, 4
_WEIGHT = np.array([0.3, -0.7, 1.1])
_GRADIENTS = np.random.default_rng(0).normal(size=(_STEPS, 3))


def keras_weights(name: str, **settings: object) -> np.ndarray:
    """The weight after some steps of one of Keras's optimisers."""
    keras = import_keras()
    weight = keras.Variable(_WEIGHT, dtype="float64")
    optimiser = getattr(keras.optimizers, name)(learning_rate=_RATE, **settings)
    for gradient in _GRADIENTS:
        optimiser.apply([keras.ops.convert_to_tensor(gradient)], [weight])
    return np.asarray(weight)


@pytest.mark.parametrize("kind", ["movement", "sum"])
@pytest.mark.parametrize("nesterov", [False, True])
def test_momentum(kind: str, nesterov: bool) -> None:
    """A movement that contains the rate, and a sum that it multiplies, lead to Keras's weights."""
    weight, m, rate, share = _WEIGHT, np.zeros(3), np.array(_RATE), np.array(_SHARE)
    for gradient in _GRADIENTS:
        m = kept(kind, m, gradient, share, rate)
        weight = ahead(kind, weight, gradient, m, share, rate) if nesterov else along(kind, weight, m, rate)

    assert np.allclose(weight, keras_weights("SGD", momentum=_SHARE, nesterov=nesterov), rtol=1e-6)


def test_adagrad() -> None:
    """A sum of squares, with ε under its root."""
    weight, v = _WEIGHT, np.zeros(3)
    for gradient in _GRADIENTS:
        v = kept("sum", v, gradient**2, np.array(1.0), np.array(_RATE))
        weight = scaled(weight, gradient, Root(v, np.array(_EPSILON), inside=True), np.array(_RATE))

    wanted = keras_weights("Adagrad", initial_accumulator_value=0.0, epsilon=_EPSILON)
    assert np.allclose(weight, wanted, rtol=1e-6)


def test_rmsprop() -> None:
    """An average of squares, with ε under its root."""
    weight, v = _WEIGHT, np.zeros(3)
    for gradient in _GRADIENTS:
        v = kept("average", v, gradient**2, np.array(_SHARE), np.array(_RATE))
        weight = scaled(weight, gradient, Root(v, np.array(_EPSILON), inside=True), np.array(_RATE))

    assert np.allclose(weight, keras_weights("RMSprop", rho=_SHARE, epsilon=_EPSILON), rtol=1e-6)


def test_adam() -> None:
    """Two averages, made up for, with ε beside the root; Keras's ε is that times what is missing."""
    one, two, weight, m, v = 0.875, 0.96875, _WEIGHT, np.zeros(3), np.zeros(3)
    for step, gradient in enumerate(_GRADIENTS, 1):
        m = kept("average", m, gradient, np.array(one), np.array(_RATE))
        v = kept("average", v, gradient**2, np.array(two), np.array(_RATE))
        missing = np.sqrt(1 - two**step)
        root = Root(v / missing**2, np.array(_EPSILON / missing), inside=False)
        weight = scaled(weight, m / (1 - one**step), root, np.array(_RATE))

    wanted = keras_weights("Adam", beta_1=one, beta_2=two, epsilon=_EPSILON)
    assert np.allclose(weight, wanted, rtol=1e-6)
