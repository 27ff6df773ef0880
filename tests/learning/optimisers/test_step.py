"""Optimisers as quantities of a graph, beside Keras's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from thorough import EVERY_CASE, part_of, spread

from xlcheck.chapter.recordings.store import load_fixture
from xlcheck.chapter.training.fit import set_seed
from xlcheck.chapter.training.lessons import untrained as new_model
from xlcheck.errors import NotSupportedError
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.gradients import backward
from xlcheck.graph.quantities import Graph
from xlcheck.learning.forward import forward_graph
from xlcheck.learning.optimisers import OPTIMISERS, optimiser_named
from xlcheck.learning.optimisers.run import run_epochs
from xlcheck.learning.optimisers.step import LAYER, add_step, setting_values
from xlcheck.model.keras_builder import to_keras
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_reader import weights_of
from xlcheck.model.model_spec import ModelSpec
from xlcheck.oracle.training import record_training

pytestmark = pytest.mark.keras

# All 500 epochs of the lessons' own optimiser are in their workbooks, too, and checked there.
EPOCHS = 500 if EVERY_CASE else 12
# RMSprop with Keras's learning rate of 0.001 is chaotic here: see the last test.
RUNS: list[tuple[str, dict[str, Any]]] = [
    ("sgd", {}),
    ("sgd", {"learning_rate": 0.1, "momentum": 0.9}),
    ("sgd", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
    ("rmsprop", {"learning_rate": 0.0001}),
    ("adam", {}),
    ("adam", {"learning_rate": 0.002, "beta_1": 0.8}),
]


def untrained(lesson: str) -> tuple[ModelSpec, dict[str, np.ndarray]]:
    """A lesson's model before training: everything that is given to it."""
    fixture = load_fixture(lesson)
    set_seed(19)
    graph = forward_graph(fixture.spec)
    given = {q.name: fixture.trace[q.name] for q in graph if q.expr is None}
    return fixture.spec, given | weights_of(new_model(lesson))


def training_graph(spec: ModelSpec, samples: int, *optimisers: str) -> Graph:
    return add_step(backward(forward_graph(spec), samples), [OPTIMISERS[name] for name in optimisers])


def settings_of(optimisers: tuple[str, ...], choice: int, changed: dict[str, Any]) -> dict[str, np.ndarray]:
    values = setting_values(
        [OPTIMISERS[name] for name in optimisers], choice, {k: float(v) for k, v in changed.items()}
    )
    return {f"{LAYER}.{name}": np.array([value]) for name, value in values.items()}


@pytest.mark.parametrize(
    ("lesson", "optimiser", "settings"),
    [(lesson, *run) for lesson in part_of(("simple-rnn", "lstm"), 1) for run in spread(RUNS, 3)]
    + part_of([("rnn-dimensions", "adam", {})], 0),
)
def test_all_epochs_are_those_of_keras(lesson: str, optimiser: str, settings: dict[str, Any]) -> None:
    """Weights and every other quantity of all epochs agree with Keras within 1e-12, the loss within 1e-13."""
    spec, given = untrained(lesson)
    keras = record_training(spec, given, optimiser, settings, EPOCHS)
    graph = training_graph(spec, len(given["input.x[0]"]), optimiser)
    ours = run_epochs(graph, given | settings_of((optimiser,), 0, settings), EPOCHS)

    assert {q.name for q in graph if q.is_weight and q.band.symbol.startswith("new_")} <= set(keras.values)
    for name, desired in keras.values.items():
        limit = 1e-13 if name == "loss.mean" else 1e-12
        np.testing.assert_allclose(ours[name], desired, rtol=0, atol=limit, err_msg=name)


@pytest.mark.parametrize("choice", range(3))
def test_a_chosen_optimiser_is_the_same_as_that_one_alone(choice: int) -> None:
    """With several optimisers in one graph, the weights move to the last bit as with the chosen one alone."""
    names = tuple(OPTIMISERS)
    spec, given = untrained("simple-rnn")
    together = run_epochs(training_graph(spec, 2, *names), given | settings_of(names, choice, {}), 20)
    alone = run_epochs(training_graph(spec, 2, names[choice]), given | settings_of((names[choice],), 0, {}), 20)

    for name in ("simple_rnn.new_kernel", "dense.new_bias", "loss.mean"):
        assert np.array_equal(together[name], alone[name]), name


@pytest.mark.parametrize("optimiser", part_of(list(OPTIMISERS), 1))
def test_the_recording_is_what_keras_trains(optimiser: str) -> None:
    """Recorded weights and losses are those of `train_on_batch` of a float64 model, within 1e-15."""
    spec, given = untrained("lstm")
    recorded = record_training(spec, given, optimiser, epochs=10)
    keras = import_keras()
    model = to_keras(spec, given)
    keras.config.set_floatx("float64")
    try:
        model.compile(optimizer=optimiser, loss=spec.loss)
        x = np.stack([given["input.x[0]"], given["input.x[1]"]], axis=1)
        losses = []
        for _ in range(10):
            model.reset_metrics()
            losses.append(float(model.train_on_batch(x, given["target.y"])))
    finally:
        keras.config.set_floatx("float32")

    np.testing.assert_allclose(recorded.values["loss.mean"][:, 0, 0], losses, rtol=0, atol=1e-15)
    for name, weight in weights_of(model).items():
        layer, _, symbol = name.partition(".")
        np.testing.assert_allclose(recorded.values[f"{layer}.new_{symbol}"][-1], weight, rtol=0, atol=1e-15)


def test_unknown_optimiser_is_refused_by_name() -> None:
    """An optimiser without equations is named, and those that are supported."""
    with pytest.raises(NotSupportedError, match="'lion' is not supported; supported are SGD, RMSprop, Adam"):
        optimiser_named("lion")


@pytest.mark.exhaustive
def test_rmsprop_with_default_settings_is_chaotic() -> None:
    """From weights one unit in the last place apart, Keras itself ends somewhere else; so no port can agree."""
    spec, given = untrained("lstm")
    apart = {name: np.nextafter(v, 9) if name.startswith(("lstm.k", "dense")) else v for name, v in given.items()}
    one, other = (record_training(spec, start, "rmsprop", epochs=500) for start in (given, apart))

    assert np.abs(one.values["loss.mean"] - other.values["loss.mean"]).max() > 1e-9


@pytest.mark.parametrize(("rate", "reached"), [(1e12, 1e6), (0.05, None)])
def test_a_weight_stays_within_its_limit(rate: float, reached: float | None) -> None:
    """A training that diverges stops at the limit on either side; below it nothing changes."""
    limit = 1e6
    spec, given = untrained("simple-rnn")
    graph = backward(forward_graph(spec), 1)
    given |= settings_of(("sgd",), 0, {"learning_rate": rate})
    free_graph, bound_graph = (add_step(graph, [OPTIMISERS["sgd"]], own) for own in (None, limit))
    given |= {q.name: np.zeros(q.shape) for q in free_graph if q.expr is None and q.name not in given}
    free, bound = evaluate(free_graph, given), evaluate(bound_graph, given)
    names = [name for name in free if ".new_" in name]
    largest = max(float(np.abs(free[name]).max()) for name in names)

    assert len(names) > 3
    assert (largest > limit) == (reached is not None)
    for name in names:
        assert np.array_equal(bound[name], np.clip(free[name], -limit, limit))
    assert reached is None or {-limit, limit} <= {float(x) for name in names for x in bound[name].reshape(-1)}
