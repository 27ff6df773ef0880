"""Gradients of many small dense networks at once out of Keras, each with weights of its own.

In a sheet that shows training step by step each row is a network of one shape with other weights. They are stacked
along a first axis; Keras's operations, activations and losses run on the stack, and TensorFlow's `GradientTape`
differentiates the sum of all losses, which gives each network its own gradients, since none depends on another one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from xlcheck.arrays import Array
from xlcheck.learning.dense_gradients import PERCEPTRON, THRESHOLDS, LayerGradients
from xlcheck.model.keras_import import import_keras


def dense_gradients(
    activations: Sequence[str],
    kernels: Sequence[Array],
    biases: Sequence[Array],
    inputs: Array,
    targets: Array,
    loss: str,
) -> tuple[list[LayerGradients], Array]:
    """What Keras computes in dense networks, forward and backward, in float64.

    Args:
        activations: of each layer, by Keras's name.
        kernels: of each layer, `(networks, inputs, units)`.
        biases: of each layer, `(networks, units)`.
        inputs: `(networks, samples, features)`.
        targets: `(networks, samples, outputs)`.
        loss: one of `LOSSES`; a network's loss is the sum over its samples.

    Returns:
        The layers, and the loss of each sample, `(networks, samples)`.
    """
    import tensorflow as tf

    keras = import_keras()
    convert = [tf.constant(item, dtype="float64") for item in (*kernels, *biases)]
    weights, offsets = convert[: len(kernels)], convert[len(kernels) :]
    sums, outputs = [], []
    signal = tf.constant(inputs, dtype="float64")
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(convert)
        for activation, kernel, bias in zip(activations, weights, offsets, strict=True):
            sums.append(keras.ops.matmul(signal, kernel) + bias[:, None, :])
            outputs.append(_activation(activation)(sums[-1]))
            signal = outputs[-1]
        goal = tf.constant(targets, dtype="float64")
        function = keras.losses.get("mean_squared_error" if loss == PERCEPTRON else loss)
        losses = function(goal, signal)
        # Keras computes a cross-entropy from the sums before the outputs, past the outputs themselves.
        total, of_outputs = tf.reduce_sum(losses), tf.reduce_sum(function(goal, tf.identity(signal)))
        if loss == PERCEPTRON:
            total = tf.reduce_sum(tf.stop_gradient(signal - goal) * sums[-1])
    found = []
    for number, (z, y) in enumerate(zip(sums, outputs, strict=True)):
        slope = tape.gradient(y, z)
        sources = [z, y, weights[number], offsets[number]]
        flows = tape.gradient(total, sources)
        if y is signal:
            flows[1] = tape.gradient(of_outputs, y)
        pairs = zip((slope, *flows), (z, *sources), strict=True)
        shown = [tf.zeros_like(source) if flow is None else flow for flow, source in pairs]  # none passes a threshold
        found.append(LayerGradients(*(np.asarray(item) for item in (z, y, *shown))))
    return found, np.asarray(losses)


def _activation(name: str) -> Callable[[Any], Any]:
    """Keras's activation, or one of a perceptron, through which nothing flows back."""
    import tensorflow as tf

    if name not in THRESHOLDS:
        found: Callable[[Any], Any] = import_keras().activations.get(name)
        return found
    return lambda z: tf.constant(THRESHOLDS[name](z.numpy()))
