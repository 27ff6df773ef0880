"""Gradients of stacked dense networks: those of a Keras model with the same weights."""

from __future__ import annotations

import numpy as np
import pytest

from xlcheck.learning.dense_gradients import LEAKY, PERCEPTRON, THRESHOLDS, leaky, losses_of
from xlcheck.oracle.dense_steps import dense_gradients

pytestmark = pytest.mark.keras


@pytest.mark.parametrize("loss", losses_of("softmax"))
def test_each_network_of_a_stack_has_the_gradients_of_its_model(loss: str) -> None:
    """Forward values, loss and gradients equal those of a Sequential model, network by network."""
    import keras
    import tensorflow as tf

    random = np.random.default_rng(3)
    last = "softmax" if loss.startswith("categorical") else "sigmoid"
    kernels = [random.normal(size=(2, 3, 4)), random.normal(size=(2, 4, 2))]
    biases = [random.normal(size=(2, 4)), random.normal(size=(2, 2))]
    inputs, targets = random.normal(size=(2, 5, 3)), random.dirichlet((1.0, 1.0), size=(2, 5))
    layers, losses = dense_gradients(["tanh", last], kernels, biases, inputs, targets, loss)
    for number in range(2):
        model = keras.Sequential(
            [keras.layers.Dense(4, "tanh", dtype="float64"), keras.layers.Dense(2, last, dtype="float64")]
        )
        model.build((5, 3))
        model.set_weights([kernels[0][number], biases[0][number], kernels[1][number], biases[1][number]])
        with tf.GradientTape() as tape:
            own = keras.losses.get(loss)(targets[number], model(inputs[number]))
            total = tf.reduce_sum(own)
        flows = tape.gradient(total, [variable.value for variable in model.weights])
        found = [layer[number] for pair in layers for layer in (pair.kernel, pair.bias)]

        np.testing.assert_allclose(losses[number], own, rtol=1e-13)
        for a, b in zip(found, flows, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-15)


def test_slopes_and_flows_fit_together() -> None:
    """The loss by a sum is the loss by the output times the slope of the activation."""
    random = np.random.default_rng(4)
    (layer,), _ = dense_gradients(
        ["relu"], [random.normal(size=(3, 2, 2))], [np.zeros((3, 2))], random.normal(size=(3, 1, 2)),
        random.uniform(size=(3, 1, 2)), "mean_squared_error",
    )  # fmt: skip

    np.testing.assert_allclose(layer.dz, layer.dy * layer.slope, rtol=1e-13)
    assert set(np.unique(layer.slope)) <= {0.0, 1.0}


def test_nothing_flows_back_through_a_threshold() -> None:
    """A layer below a step function, whose slope is 0 wherever there is one, has gradients of 0."""
    random = np.random.default_rng(8)
    kernels, biases = [random.normal(size=(2, 3, 2)), random.normal(size=(2, 2, 1))], [np.ones((2, 2)), np.ones((2, 1))]
    x, t = random.normal(size=(2, 4, 3)), random.choice([0.0, 1.0], size=(2, 4, 1))
    (below, above), _ = dense_gradients([next(iter(THRESHOLDS))] * 2, kernels, biases, x, t, PERCEPTRON)

    assert below.kernel.shape == kernels[0].shape
    assert below.bias.shape == biases[0].shape
    assert not below.kernel.any()
    assert above.kernel.any()


@pytest.mark.parametrize("activation", THRESHOLDS)
def test_a_perceptron_moves_by_its_error(activation: str) -> None:
    """Rosenblatt's rule: a weight moves against its input times the output less the target, whatever the sum."""
    random = np.random.default_rng(6)
    kernel, bias = random.normal(size=(2, 3, 1)), random.normal(size=(2, 1))
    x, t = random.normal(size=(2, 4, 3)), random.choice([0.0, 1.0], size=(2, 4, 1))
    (layer,), _ = dense_gradients([activation], [kernel], [bias], x, t, PERCEPTRON)
    error = THRESHOLDS[activation](x @ kernel + bias[:, None, :]) - t

    np.testing.assert_allclose(layer.kernel, np.swapaxes(x, 1, 2) @ error, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(layer.bias, error.sum(axis=1), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("every", [False, True])
def test_a_recurrent_layer_has_the_gradients_of_its_model(every: bool) -> None:
    """Unrolled over its steps a SimpleRNN has the states and gradients of Keras's, an output at each step or one."""
    import keras
    import tensorflow as tf

    random = np.random.default_rng(5)
    kernels = [random.normal(size=(2, 5, 3)), random.normal(size=(2, 3, 2))]
    biases = [random.normal(size=(2, 3)), random.normal(size=(2, 2))]
    data, first, targets = (random.normal(size=(2, 4, k)) for k in (2, 3, 2))
    targets[:, : 0 if every else 3] = np.nan
    inputs, before = np.concatenate([data, first], axis=2), (None, 0, 1, 2)
    layers, losses = dense_gradients(
        ["tanh", "linear"], kernels, biases, inputs, targets, "mean_squared_error", before
    )  # fmt: skip
    for number in range(2):
        rnn = keras.layers.SimpleRNN(3, return_sequences=True, dtype="float64")
        dense = keras.layers.Dense(2, dtype="float64")
        rnn.build((1, 4, 2))
        dense.build((1, 4, 3))
        rnn.set_weights([kernels[0][number, :2], kernels[0][number, 2:], biases[0][number]])
        dense.set_weights([kernels[1][number], biases[1][number]])
        with tf.GradientTape() as tape:
            states = rnn(data[number : number + 1], initial_state=tf.constant(first[number : number + 1, 0]))
            own = keras.losses.get("mean_squared_error")(np.nan_to_num(targets[number]), dense(states)[0])
            total = tf.reduce_sum(own if every else own[3:])
        kernel, recurrent, bias, *rest = tape.gradient(total, [v.value for v in (*rnn.weights, *dense.weights)])

        np.testing.assert_allclose(layers[0].y[number], states[0], rtol=1e-12)
        np.testing.assert_allclose(losses[number].sum(), total, rtol=1e-12)
        wanted = [np.concatenate([kernel, recurrent]), bias, *rest]
        found = [layer[number] for pair in layers for layer in (pair.kernel, pair.bias)]
        for a, b in zip(found, wanted, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-14)


def test_a_leaky_relu_has_its_slope_in_double_precision() -> None:
    """Below 0 the slope is the number that is named, to the last digit, and 0.2 where none is, as Keras has it."""
    kernel, bias = np.ones((1, 1, 1)), np.zeros((1, 1))
    x, t = np.array([[[-3.0], [2.0]]]), np.zeros((1, 2, 1))
    for name, slope in ((leaky(0.01), 0.01), (LEAKY, 0.2)):
        (layer,), _ = dense_gradients([name], [kernel], [bias], x, t, "mean_squared_error")
        assert layer.y.ravel().tolist() == [-3 * slope, 2.0]
        assert layer.slope.ravel().tolist() == [slope, 1.0]
