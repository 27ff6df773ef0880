"""Each loss, and its gradients, beside Keras's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from xlcheck.errors import NotSupportedError
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.gradients import backward
from xlcheck.layers.forward import forward_graph
from xlcheck.oracle.gradients import record_gradients
from xlcheck.oracle.record import record
from xlcheck.spec.keras_import import import_keras
from xlcheck.spec.keras_reader import read_model

pytestmark = pytest.mark.keras


def model(loss: str, units: int, activation: str, *, timed: bool) -> Any:
    keras = import_keras()
    keras.utils.set_random_seed(4)
    made = keras.Sequential(
        [
            keras.Input((3, 2), dtype="float64"),
            keras.layers.GRU(3, name="gru", return_sequences=timed, dtype="float64"),
            keras.layers.Dense(units, activation=activation, name="out", dtype="float64"),
        ]
    )
    made.compile(loss=loss)
    return made


CASES = [
    ("binary_crossentropy", 1, "sigmoid"), ("binary_crossentropy", 2, "sigmoid"),
    ("categorical_crossentropy", 3, "softmax"), ("mean_squared_error", 1, "linear"),
    ("mean_squared_error", 3, "tanh"), ("mean_squared_error", 2, "softmax"),
]  # fmt: skip


@pytest.mark.parametrize("timed", [False, True])
@pytest.mark.parametrize(("loss", "units", "activation"), CASES)
def test_values_and_gradients_are_keras(loss: str, units: int, activation: str, timed: bool) -> None:
    """The loss of each step and sample, the mean, and all gradients agree with Keras within 1e-14."""
    made = model(loss, units, activation, timed=timed)
    rng = np.random.default_rng(2)
    shape = (4, 3) if timed else (4,)
    targets = np.eye(units)[rng.integers(0, units, shape)] if units > 1 else rng.integers(0, 2, (*shape, 1)) * 1.0
    trace = record(made, rng.normal(size=(4, 3, 2)), targets)
    spec = read_model(made)
    desired = record_gradients(spec, trace)
    graph = backward(forward_graph(spec), 4)
    actual = evaluate(graph, {q.name: trace[q.name] for q in graph if q.expr is None})

    assert {q.name for q in graph} == set(desired.values)
    for name, values in desired.values.items():
        np.testing.assert_allclose(actual[name], values, rtol=0, atol=1e-14, err_msg=name)
    assert trace["loss.mean"][0, 0] == pytest.approx(
        made.evaluate(np.stack([trace[f"input.x[{t}]"] for t in range(3)], axis=1), targets, verbose=0), rel=1e-6
    )


def test_unknown_loss_is_refused_by_name() -> None:
    """A loss without an equation is named, and those that are supported."""
    made = model("mean_absolute_error", 1, "linear", timed=False)

    with pytest.raises(NotSupportedError, match="'mean_absolute_error' is not supported; supported are"):
        forward_graph(read_model(made))


def test_cross_entropy_needs_its_activation() -> None:
    """Where Keras would clip probabilities, because it knows no logit, the model is refused."""
    with pytest.raises(NotSupportedError, match="needs an output layer with the activation sigmoid"):
        forward_graph(read_model(model("binary_crossentropy", 1, "tanh", timed=False)))
