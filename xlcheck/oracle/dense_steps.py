"""Gradients of many small dense networks at once out of Keras, each with weights of its own.

In a sheet that shows training step by step each row is a network of one shape with other weights. They are stacked
along a first axis; Keras's operations, activations and losses run on the stack, and TensorFlow's `GradientTape`
differentiates the sum of all losses, which gives each network its own gradients, since none depends on another one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xlcheck.arrays import Array
from xlcheck.learning.dense_gradients import LayerGradients
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
            outputs.append(keras.activations.get(activation)(sums[-1]))
            signal = outputs[-1]
        goal = tf.constant(targets, dtype="float64")
        losses = keras.losses.get(loss)(goal, signal)
        total = tf.reduce_sum(losses)
        # Keras computes a cross-entropy from the sums before the outputs, past the outputs themselves.
        of_outputs = tf.reduce_sum(keras.losses.get(loss)(goal, tf.identity(signal)))
    found = []
    for number, (z, y) in enumerate(zip(sums, outputs, strict=True)):
        slope = tape.gradient(y, z)
        flows = tape.gradient(total, [z, y, weights[number], offsets[number]])
        if y is signal:
            flows[1] = tape.gradient(of_outputs, y)
        found.append(LayerGradients(*(np.asarray(item) for item in (z, y, slope, *flows))))
    return found, np.asarray(losses)
