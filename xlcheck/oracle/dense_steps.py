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
from xlcheck.learning.dense_gradients import PERCEPTRON, THRESHOLDS, LayerGradients, bound_of, negative_slope
from xlcheck.model.keras_import import import_keras


def dense_gradients(
    activations: Sequence[str],
    kernels: Sequence[Array],
    biases: Sequence[Array],
    inputs: Array,
    targets: Array,
    loss: str,
    before: Sequence[int | None] = (),
) -> tuple[list[LayerGradients], Array]:
    """What Keras computes in dense networks, forward and backward, in float64.

    Args:
        activations: of each layer, by Keras's name.
        kernels: of each layer, `(networks, inputs, units)`.
        biases: of each layer, `(networks, units)`.
        inputs: `(networks, samples, features)`; of a recurrent first layer, the first states behind the features.
        targets: `(networks, samples, outputs)`; not a number where a sample has none, and no loss.
        loss: one of `LOSSES`, or of those that count large errors less; a network's loss is the sum over its samples.
        before: where the first layer is recurrent, of each sample the number of the step before it, which comes first.

    Returns:
        The layers, and the loss of each sample, `(networks, samples)`.
    """
    import tensorflow as tf

    convert = [tf.constant(item, dtype="float64") for item in (*kernels, *biases)]
    weights, offsets = convert[: len(kernels)], convert[len(kernels) :]
    sums, outputs = [], []
    signal, counts = tf.constant(inputs, dtype="float64"), 1.0 - np.isnan(targets).any(axis=-1)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(convert)
        for number, (name, kernel, bias) in enumerate(zip(activations, weights, offsets, strict=True)):
            steps = _layer(_activation(name), signal, kernel, bias, () if number else before)
            sums.append([z for z, _ in steps])
            outputs.append([y for _, y in steps])
            signal = _together(outputs[-1])
        goal = tf.constant(np.nan_to_num(targets), dtype="float64")
        function = _loss(loss)
        losses = function(goal, signal) * counts
        # Keras computes a cross-entropy from the sums before the outputs, past the outputs themselves.
        total, of_outputs = tf.reduce_sum(losses), tf.reduce_sum(function(goal, tf.identity(signal)) * counts)
        if loss == PERCEPTRON:
            total = tf.reduce_sum(tf.stop_gradient(signal - goal) * _together(sums[-1]))
    found = []
    for number, (z, y) in enumerate(zip(sums, outputs, strict=True)):
        slopes = [tape.gradient(*pair) for pair in zip(y, z, strict=True)]
        flows = tape.gradient(total, {"z": z, "y": y, "kernel": weights[number], "bias": offsets[number]})
        if y is outputs[-1]:
            flows["y"] = tape.gradient(of_outputs, y)
        pieces = [(z, z), (y, y), (slopes, z), (flows["z"], z), (flows["y"], y)]
        parts = [_together([_or_nothing(*pair) for pair in zip(*own, strict=True)]) for own in pieces]
        rest = [_or_nothing(flows["kernel"], weights[number]), _or_nothing(flows["bias"], offsets[number])]
        shares = _shares(tape, y[0], z[0], activations[number] == "softmax")
        found.append(LayerGradients(*(np.asarray(item) for item in (*parts, *rest, shares))))
    return found, np.asarray(losses)


def _layer(
    activation: Callable[[Any], Any], signal: Any, kernel: Any, bias: Any, before: Sequence[int | None]
) -> list[tuple[Any, Any]]:
    """The sums and the outputs of a layer, all samples at once; of a recurrent one sample by sample."""
    import tensorflow as tf

    if not before:
        z = import_keras().ops.matmul(signal, kernel) + bias[:, None, :]
        return [(z, activation(z))]
    features = kernel.shape[1] - kernel.shape[2]
    found: list[tuple[Any, Any]] = []
    for s, earlier in enumerate(before):
        own = signal[:, s : s + 1]
        state = own[..., features:] if earlier is None else found[earlier][1]
        found += _layer(activation, tf.concat([own[..., :features], state], axis=-1), kernel, bias, ())
    return found


def _loss(name: str) -> Callable[[Any, Any], Any]:
    """Keras's loss of each sample; of a perceptron, whose rule is no loss, the squared error."""
    losses = import_keras().losses
    if (bound := bound_of(name)) is not None:
        return lambda goal, signal: losses.huber(goal, signal, delta=bound)
    found: Callable[[Any, Any], Any] = losses.get("mean_squared_error" if name == PERCEPTRON else name)
    return found


def _shares(tape: Any, y: Any, z: Any, is_softmax: bool) -> Array:
    """Each output of a softmax by each sum, `(networks, samples, outputs, sums)`; of other layers none."""
    import tensorflow as tf

    units = tf.eye(y.shape[-1], dtype=y.dtype) if is_softmax else ()
    found = [tape.gradient(y, z, output_gradients=tf.broadcast_to(unit, y.shape)) for unit in units]
    return np.stack([np.asarray(own) for own in found], axis=2) if found else np.zeros((*y.shape[:2], 0, 0))


def _together(pieces: Sequence[Any]) -> Any:
    """The samples of a layer; those that were computed at once as they are, with what Keras knows of them."""
    import tensorflow as tf

    return tf.concat(pieces, axis=1) if len(pieces) > 1 else pieces[0]


def _or_nothing(flow: Any, source: Any) -> Any:
    """A gradient; 0 where nothing flows, as none passes a threshold."""
    import tensorflow as tf

    return tf.zeros_like(source) if flow is None else flow


def _activation(name: str) -> Callable[[Any], Any]:
    """Keras's activation, or one of a perceptron, through which nothing flows back."""
    import tensorflow as tf

    if (slope := negative_slope(name)) is not None:
        return lambda z: _leaky_relu(z, slope)
    if name not in THRESHOLDS:
        found: Callable[[Any], Any] = import_keras().activations.get(name)
        return found
    return lambda z: tf.constant(THRESHOLDS[name](z.numpy()))


def _leaky_relu(z: Any, slope: float) -> Any:
    """Keras's leaky relu, in double precision: that of TensorFlow has a single-precision slope, a PReLU has its own."""
    layer = import_keras().layers.PReLU(shared_axes=[1, 2], dtype="float64")
    layer.build(z.shape)
    layer.set_weights([np.full((1, 1), slope)])
    return layer(z)
