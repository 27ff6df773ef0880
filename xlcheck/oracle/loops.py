"""Keras's loop over time as one graph of TensorFlow, which is how `predict` runs it, and not step by step from Python.

The operations are the same, and so are all their results, to the last bit; but a step takes a thirtieth of the time.
What the cell computes at each step is told by the graph while it runs.

Layers that compute several things at once, as cuDNN's kernels do, are told to do it one after the other.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np

from xlcheck.exclusive import exclusively
from xlcheck.model.keras_import import import_keras
from xlcheck.oracle.noted import LayerCall, mapped, tensors_of

LONG = 40
"""Steps from which on a graph takes less time to make than it saves."""

Loop = Callable[..., Any]


def is_long(layer: Any, sequences: Any) -> bool:
    """Whether a layer's loop over time had better be one graph."""
    if import_keras().config.backend() != "tensorflow" or layer.unroll:
        return False
    import tensorflow as tf

    return bool(tf.executing_eagerly() and sequences.shape[1] >= LONG)


def in_one_graph(loop: Loop, **arguments: Any) -> Any:
    """What a loop over time returns."""
    import tensorflow as tf

    options = {name: value for name, value in arguments.items() if isinstance(value, bool)}
    tensors = {name: value for name, value in arguments.items() if name not in options}
    with _as_it_is():
        return tf.function(partial(loop, **options), autograph=False)(**tensors)


@contextmanager
def _as_it_is() -> Iterator[None]:
    """Let TensorFlow put no operations together, which would round otherwise."""
    import tensorflow as tf

    name = "disable_meta_optimizer"
    with exclusively():
        before = tf.config.optimizer.get_experimental_options().get(name, False)
        tf.config.optimizer.set_experimental_options({name: True})
        try:
            yield
        finally:
            tf.config.optimizer.set_experimental_options({name: before})


@contextmanager
def long_loops_in_graphs(model: Any) -> Iterator[None]:
    """While the context is open, long loops of the model's layers run as graphs; then the layers are as before."""

    def run(layer: Any, loop: Loop, **arguments: Any) -> Any:
        return in_one_graph(loop, **arguments) if is_long(layer, arguments["sequences"]) else loop(**arguments)

    layers = [layer for layer in model._flatten_layers() if hasattr(layer, "inner_loop")]
    with exclusively():
        for layer in layers:
            layer.inner_loop = partial(run, layer, layer.inner_loop)
        try:
            yield
        finally:
            for layer in layers:
                del layer.inner_loop


class Steps:
    """What a cell computes in a loop that is one graph.

    Attributes:
        owner: the call of the layer whose loop it is.
    """

    def __init__(self, owner: LayerCall) -> None:
        self.owner = owner
        self._cell = owner
        self._tensors: list[Any] = []
        self._rows: list[np.ndarray] = []

    def follow(self, cell: LayerCall) -> None:
        """Let the graph, while it is made, tell of each tensor that was noted in a call of the cell.

        Keras calls the cell once before the loop, to see the shape of what it returns; the last call counts.
        """
        import tensorflow as tf

        found = {id(t): t for t in tensors_of([cell]) if isinstance(t, tf.Tensor) and t.dtype.is_floating}
        self._cell, self._tensors, self._rows = cell, list(found.values()), []
        rows = self._rows
        flat = tf.concat([tf.reshape(tensor, [-1]) for tensor in self._tensors], axis=0)
        tf.numpy_function(lambda row: rows.append(row.copy()), [flat], [])

    def joined(self) -> LayerCall:
        """All steps as one call of the cell, in which values have a first axis of steps."""
        sizes = [int(np.prod(tensor.shape)) for tensor in self._tensors]
        columns = np.split(np.stack(self._rows), np.cumsum(sizes)[:-1], axis=1)
        values = {
            id(tensor): column.reshape(-1, *tensor.shape) for tensor, column in zip(self._tensors, columns, strict=True)
        }
        call = mapped(self._cell, lambda leaf: values.get(id(leaf), leaf), holds_values=True)
        for cell in (call, *call.calls):  # several cells are called by what holds them together
            cell.steps = len(self._rows)
        return call


def open_loops(model: Any) -> None:
    """Let every recurrent layer call its cell for each step, never cuDNN's closed kernel, and keep no state."""
    open_attention(model)
    for layer in model._flatten_layers():
        if hasattr(layer, "use_cudnn"):
            layer.use_cudnn = False
        if hasattr(layer, "stateful"):
            layer.stateful = False


def open_attention(model: Any) -> bool:
    """Let every MultiHeadAttention compute scores and shares one after the other, as Keras does where some are dropped.

    On that way Keras takes 1/√units in single precision, also where it computes in double precision; here it is exact.

    Returns:
        Whether there is one.
    """
    found = [layer for layer in model._flatten_layers() if type(layer).__name__ == "MultiHeadAttention"]
    for layer in found:
        if "_masked_softmax" in vars(layer):
            continue
        told = (node.arguments.kwargs.get("return_attention_scores") for node in layer._inbound_nodes)
        fused = layer._dropout == 0 and not any(told)
        layer._dropout = layer._dropout or np.finfo(float).tiny  # nothing is dropped from what a trained model answers
        layer._inverse_sqrt_key_dim = np.float64(layer._inverse_sqrt_key_dim)
        layer._masked_softmax = partial(_masked_softmax, layer, fused)
    return bool(found)


def _masked_softmax(layer: Any, fused: bool, scores: Any, mask: Any = None) -> Any:
    """What Keras makes of scores `(samples, heads, steps, steps)` under a mask, told apart into its steps.

    Of a step that may look nowhere, Keras's fused way makes equal shares, and the other one shares of 0.
    """
    if mask is None:
        return layer._softmax(scores)
    ops = sys.modules[type(layer).__module__].ops  # as the layer's own code calls them, so that they are noted
    mask = ops.broadcast_to(mask if len(mask.shape) == 4 else ops.expand_dims(mask, 1), scores.shape)
    low = ops.cast(ops.any(mask, axis=-1, keepdims=True), scores.dtype) * -1e9
    shares = layer._softmax(ops.where(mask, scores, low))
    return shares if fused else ops.where(mask, shares, 0.0)
