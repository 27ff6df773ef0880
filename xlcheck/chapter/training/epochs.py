"""What the lessons on training are built from: their models, trained in double and in single precision.

The toys' own models begin with a recurrent kernel of 0, as the chapter's do. Then nothing flows back through time in
the first epoch, which is the one that is shown in slow motion; so here the kernel begins as Keras begins it.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from xlcheck.chapter.lessons.catalogue import lesson_named
from xlcheck.chapter.recordings.names import TRAININGS, VANISHING
from xlcheck.chapter.recordings.training import TrainingFixture
from xlcheck.chapter.training.fit import set_seed
from xlcheck.chapter.training.lessons import EPOCHS, SEED, untrained
from xlcheck.errors import UsageError
from xlcheck.graph.nudges import SIZE
from xlcheck.graph.trace import Training
from xlcheck.learning.forward import forward_graph
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_reader import read_model, weights_of
from xlcheck.oracle.gradients import watch, watch_all
from xlcheck.oracle.listen import listening
from xlcheck.oracle.loops import open_loops
from xlcheck.oracle.record import call_model, record
from xlcheck.oracle.training import record_nudged, record_training
from xlcheck.progress import Progress

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


TRAINED_LESSONS = {name: name.removesuffix("-training") for name in TRAININGS if name != VANISHING}
_RATES = {"rnn-dimensions": 0.01}


def train_epochs(
    name: str, seed: int = SEED, epochs: int = EPOCHS, progress: Progress | None = None
) -> TrainingFixture:
    """Train a lesson's model with Adam and record every quantity of every epoch; `progress` is told after each.

    Raises:
        UsageError: there is no such lesson, or the seed is out of range.
    """
    if name not in TRAINED_LESSONS:
        raise UsageError(f"there is no lesson {name!r} on training; there are {', '.join(TRAINED_LESSONS)}")
    lesson = TRAINED_LESSONS[name]
    data = lesson_named(lesson).data()
    set_seed(seed)
    model = untrained(lesson)
    _start_recurrent(model)
    spec = read_model(model)
    start = record(model, data.inputs, data.targets)
    given = {q.name: start[q.name] for q in forward_graph(spec) if q.expr is None}
    settings = {"learning_rate": _RATES[lesson]} if lesson in _RATES else {}
    training = record_training(spec, given, "adam", settings, epochs, progress)
    nudged = record_nudged(spec, given, SIZE)

    losses, weights = [], []
    for _ in range(epochs):
        model.reset_metrics()
        losses.append(float(model.train_on_batch(data.inputs, data.targets, sample_weight=data.step_weights)))
        weights.append(weights_of(model))
    single = {"loss.mean": np.array(losses)}
    single |= {weight: np.stack([own[weight] for own in weights]) for weight in weights[0]}
    return TrainingFixture(name, spec, data.samples, data.words, training, single, nudged, {
        "seed": str(seed), "epochs": str(epochs), "keras": import_keras().__version__, "numpy": np.__version__,
    })  # fmt: skip


def training_fixture(
    name: str, seed: int = SEED, epochs: int = EPOCHS, progress: Progress | None = None
) -> TrainingFixture:
    """What any lesson on training is built from, asked of Keras now; see `train_epochs`."""
    return vanishing_fixture() if name == VANISHING else train_epochs(name, seed, epochs, progress)


def _start_recurrent(model: Any) -> None:
    """Give every recurrent kernel of zeros the numbers that Keras starts with when nothing is said."""
    for layer in model.layers:
        kernel = getattr(getattr(layer, "cell", None), "recurrent_kernel", None)
        if kernel is not None and not np.any(kernel):
            kernel.assign(import_keras().initializers.Orthogonal()(kernel.shape))
