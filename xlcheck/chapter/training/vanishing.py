"""What the lesson on vanishing gradients is built from: three recurrent layers on the same fifty numbers, in Keras."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from xlcheck.chapter.recordings.names import VANISHING
from xlcheck.chapter.recordings.training import TrainingFixture
from xlcheck.graph.training import Training
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_reader import read_model
from xlcheck.oracle.gradients import watch, watch_all
from xlcheck.oracle.listen import listening
from xlcheck.oracle.opened import open_loops
from xlcheck.oracle.record import call_model, record

STEPS = 50
U, W = 0.9, 0.5
CLIP = 1.0
_FORGET_BIAS = 4.0  # with what a word adds, a forget gate of 0.989


def vanishing_fixture() -> TrainingFixture:
    """Record the layers, and how their last states change with every state and input before."""
    keras = import_keras()
    model = _model(keras)
    spec = read_model(model)
    x = np.ones((1, STEPS, 1))
    trace = record(model, x)
    values = {name: array[None] for name, array in trace.values.items()}
    values |= {name: array[None] for name, array in _gradients(model, x).items()}
    provenance = {"keras": keras.__version__, "numpy": np.__version__}
    return TrainingFixture(VANISHING, spec, ("fifty words",), (), Training("sgd", {}, values), {}, {}, provenance)


def _model(keras: Any) -> Any:
    x = keras.Input((STEPS, 1), dtype="float64", name="words")
    layers = [
        keras.layers.SimpleRNN(1, activation="linear", use_bias=False, name="linear", dtype="float64"),
        keras.layers.SimpleRNN(1, activation="tanh", use_bias=False, name="tanh", dtype="float64"),
        keras.layers.LSTM(1, name="lstm", dtype="float64"),
    ]
    model = keras.Model(x, [layer(x) for layer in layers], name="vanishing_gradients")
    for layer in layers[:2]:
        layer.set_weights([np.array([[W]]), np.array([[U]])])
    # Without a recurrent kernel the cell state is the only way from one step to the next.
    layers[2].set_weights([np.full((1, 4), W), np.zeros((1, 4)), np.array([0.0, _FORGET_BIAS, 0.0, 0.0])])
    return model


def _gradients(model: Any, x: np.ndarray) -> dict[str, np.ndarray]:
    """`linear.d_x`, `linear.d_h`, `tanh.d_h`, `lstm.d_c` over the steps, and `linear.clipped`."""
    import tensorflow as tf

    tensor = tf.constant(x)
    open_loops(model)
    with tf.GradientTape(persistent=True) as tape, listening(model, partial(watch, tape)) as root:
        watch_all(tape, model, [tensor])
        call_model(model, [tensor])
    cells = {call.layer.name: call.calls[-STEPS:] for call in root.calls if call.calls}
    found = {}
    for name, place in (("linear", 0), ("tanh", 0), ("lstm", 1)):
        states = [cell.result[1][place] for cell in cells[name]]
        flows = tape.gradient(states[-1], states)
        symbol = "c" if place else "h"
        found[f"{name}.d_{symbol}"] = np.array([float(flow[0, 0]) for flow in flows])
    to_input = tape.gradient(cells["linear"][-1].result[1][0], tensor)
    found["linear.d_x"] = np.asarray(to_input).reshape(-1)
    found["linear.clipped"] = np.asarray(tf.clip_by_norm(to_input, CLIP)).reshape(-1)
    return found
