"""Each loss, and its gradients, beside Keras's own."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from thorough import EVERY_CASE, spread

from xlcheck.errors import ModelError, NotSupportedError
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.expressions import BinaryCrossentropy, Sigmoid
from xlcheck.graph.gradients import backward
from xlcheck.learning.forward import forward_graph
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_optimiser import to_keras_loss
from xlcheck.model.keras_reader import read_model
from xlcheck.oracle.gradients import record_gradients
from xlcheck.oracle.record import record

pytestmark = pytest.mark.keras


def model(loss: str, units: int, activation: str, *, timed: bool) -> Any:
    keras = import_keras()
    keras.utils.set_random_seed(4)
    made = keras.Sequential(
        [
            keras.Input((3, 2), dtype="float64"),
            keras.layers.SimpleRNN(3, name="rnn", return_sequences=timed, dtype="float64"),
            keras.layers.Dense(units, activation=activation, name="out", dtype="float64"),
        ]
    )
    made.compile(loss=to_keras_loss(loss))
    return made


CASES = [
    ("binary_crossentropy", 1, "sigmoid"), ("binary_crossentropy", 2, "sigmoid"), ("binary_crossentropy", 2, "softmax"),
    ("binary_crossentropy", 1, "hard_sigmoid"), ("binary_crossentropy", 1, "tanh"),
    ("binary_crossentropy_from_logits", 1, "linear"), ("binary_crossentropy_from_logits", 2, "tanh"),
    ("categorical_crossentropy", 3, "softmax"), ("categorical_crossentropy", 3, "sigmoid"),
    ("categorical_crossentropy_from_logits", 3, "linear"),
    ("sparse_categorical_crossentropy", 3, "softmax"), ("sparse_categorical_crossentropy", 3, "sigmoid"),
    ("sparse_categorical_crossentropy_from_logits", 3, "linear"),
    ("mean_squared_error", 1, "linear"), ("mean_squared_error", 3, "tanh"), ("mean_squared_error", 2, "softmax"),
]  # fmt: skip
FIRST = list({case[0]: case for case in reversed(CASES)}.values())


@pytest.mark.parametrize(
    ("loss", "units", "activation", "timed"),
    [  # in an ordinary run the first of each second loss, every second of them at each time step
        (*case, timed)
        for number, case in enumerate(CASES)
        for timed in (False, True)
        if EVERY_CASE or (case in FIRST[::2] and timed == bool(number % 2))
    ],
)
def test_values_and_gradients_are_keras(loss: str, units: int, activation: str, timed: bool) -> None:
    """The loss of each step and sample, the mean, and all gradients agree with Keras within 1e-14."""
    made = model(loss, units, activation, timed=timed)
    rng = np.random.default_rng(2)
    shape = (4, 3) if timed else (4,)
    targets = np.eye(units)[rng.integers(0, units, shape)] if units > 1 else rng.integers(0, 2, (*shape, 1)) * 1.0
    targets = targets.argmax(axis=-1) if loss.startswith("sparse") else targets
    trace = record(made, rng.normal(size=(4, 3, 2)), targets)
    spec = read_model(made)
    desired = record_gradients(spec, trace)
    graph = backward(forward_graph(spec), 4)
    actual = evaluate(graph, {q.name: trace[q.name] for q in graph if q.expr is None})

    assert {q.name for q in graph} == set(desired.values)
    for name, values in desired.values.items():
        np.testing.assert_allclose(actual[name], values, rtol=0, atol=1e-14, err_msg=name)
    keras = import_keras()
    keras.config.set_floatx("float64")  # or Keras would cast the output, and know its logits no more
    try:
        made.compile(loss=to_keras_loss(loss), run_eagerly=True)  # compiling takes longer than all the rest
        inputs = np.stack([trace[f"input.x[{t}]"] for t in range(3)], axis=1)
        evaluated = made.evaluate(inputs, targets, verbose=0)
    finally:
        keras.config.set_floatx("float32")
    assert trace["loss.mean"][0, 0] == pytest.approx(evaluated, rel=1e-6)


def test_keras_takes_the_logits_of_a_softmax_for_a_binary_loss() -> None:
    """What is right for Keras may surprise: the loss is that of the sigmoid of the logits, not of the probability."""
    made = model("binary_crossentropy", 2, "softmax", timed=False)
    loss = forward_graph(read_model(made))["loss.loss"].expr

    assert isinstance(loss, BinaryCrossentropy)
    assert loss.p == Sigmoid(loss.logit)


def test_unknown_loss_is_refused_by_name() -> None:
    """A loss without an equation is named, and those that are supported."""
    made = model("mean_absolute_error", 1, "linear", timed=False)

    with pytest.raises(NotSupportedError, match="'mean_absolute_error' is not supported; supported are"):
        forward_graph(read_model(made))


def model_of(*layers: Any, loss: str) -> Any:
    """Three steps of two features, read by these layers in double precision."""
    keras = import_keras()
    keras.utils.set_random_seed(4)
    keras.config.set_floatx("float64")
    try:
        made = keras.Sequential([keras.Input((3, 2)), *(layer(keras.layers) for layer in layers)])
    finally:
        keras.config.set_floatx("float32")
    made.compile(loss=to_keras_loss(loss))
    return made


# Large weights, so that probabilities come nearer to 0 or 1 than the 1e-7 at which Keras clips.
LAST: dict[str, tuple[Callable[[Any], Any], ...]] = {
    "Dense": (lambda make: make.Dense(3, activation="ACT"),),
    "Activation": (lambda make: make.Dense(3), lambda make: make.Activation("ACT")),
    "then Dropout": (lambda make: make.Dense(3, activation="ACT"), lambda make: make.Dropout(0.5)),
    "then linear": (lambda make: make.Dense(3, activation="ACT"), lambda make: make.Activation("linear")),
    "Conv1D": (lambda make: make.Conv1D(3, 1, activation="ACT"),),
    "TimeDistributed": (lambda make: make.TimeDistributed(make.Dense(3, activation="ACT")),),
    "recurrent": (lambda make: make.SimpleRNN(3, activation="ACT", return_sequences=True),),
    "unrolled": (lambda make: make.SimpleRNN(3, activation="ACT", unroll=True, return_sequences=True),),
    "then Cropping1D": (lambda make: make.Dense(3, activation="ACT"), lambda make: make.Cropping1D(0)),
}


KNOWN = ("Dense", "Activation", "then Dropout", "then linear", "Conv1D")


WITH_LOGITS = ("sparse_categorical_crossentropy", "binary_crossentropy", "categorical_crossentropy_from_logits")


@pytest.mark.parametrize(
    ("last", "loss"),
    [  # in an ordinary run the first two losses take turns
        (last, loss)
        for turn, last in enumerate(spread([*LAST], 2))
        for loss in (WITH_LOGITS if EVERY_CASE else WITH_LOGITS[turn % 2 :][:1])
    ],
)
def test_the_logits_are_taken_where_keras_takes_them(last: str, loss: str) -> None:
    """Whether a probability is clipped at 1e-7 depends on the last layers, and is right for each of them."""
    activation = "sigmoid" if loss.startswith("binary") else "softmax"
    made = model_of(*(_with(layer, activation) for layer in LAST[last]), loss=loss)
    made.set_weights([weight * 40 for weight in made.get_weights()])
    rng = np.random.default_rng(2)
    targets = np.eye(3)[rng.integers(0, 3, (4, 3))]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*received `from_logits=True`")
        difference = largest_difference(made, rng.normal(size=(4, 3, 2)), targets, sparse=loss.startswith("sparse"))

    # A clipped probability near 1 has lost digits to 1, and so has its logarithm.
    assert difference <= (1e-13 if last in KNOWN else 1e-8)


def test_outputs_with_a_mask_are_refused() -> None:
    """Keras leaves masked steps out of the mean, which no equation here says."""
    layers = (lambda make: make.Masking(), lambda make: make.Dense(1, activation="sigmoid"))
    made = model_of(*layers, loss="binary_crossentropy")

    with pytest.raises(NotSupportedError, match="output is a sequence with a mask"):
        forward_graph(read_model(made))


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        (np.array([[0, 1, 3]]), "whole numbers from 0 to 2"),
        (np.array([[0, 1, 0.5]]), "whole numbers from 0 to 2"),
        (np.array([[0, 1]]), "needs the number of a class for each answer"),
        (np.array([[0, 1, np.nan]]), "finite"),
    ],
)
def test_codes_that_are_no_classes_are_refused(targets: np.ndarray, message: str) -> None:
    """The target of a sparse cross-entropy is one class for each answer."""
    made = model("sparse_categorical_crossentropy", 3, "softmax", timed=True)

    with pytest.raises(ModelError, match=message):
        record(made, np.zeros((1, 3, 2)), targets)


def largest_difference(made: Any, inputs: np.ndarray, targets: np.ndarray, *, sparse: bool) -> float:
    """Of all values and gradients, relative to each quantity's largest magnitude."""
    trace = record(made, inputs, targets.argmax(axis=-1) if sparse else targets)
    spec = read_model(made)
    desired = record_gradients(spec, trace)
    graph = backward(forward_graph(spec), len(inputs))
    actual = evaluate(graph, {q.name: trace[q.name] for q in graph if q.expr is None})

    assert {q.name for q in graph} == set(desired.values)
    scales = {name: max(1.0, float(np.abs(values).max())) for name, values in desired.values.items()}
    return max(float(np.abs(actual[name] - values).max()) / scales[name] for name, values in desired.values.items())


class _Named:
    """Keras's layers, with the activation ACT replaced."""

    def __init__(self, layers: Any, activation: str) -> None:
        self._layers, self._activation = layers, activation

    def __getattr__(self, name: str) -> Any:
        def make(*args: Any, **options: Any) -> Any:
            if "activation" in options:
                options["activation"] = self._activation
            args = tuple(self._activation if item == "ACT" else item for item in args)
            return getattr(self._layers, name)(*args, **options)

        return make


def _with(layer: Callable[[Any], Any], activation: str) -> Callable[[Any], Any]:
    return lambda layers: layer(_Named(layers, activation))
