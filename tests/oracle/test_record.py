"""Traces out of Keras.

What is recorded inside Keras is compared with what Keras gives by other ways: states that it returns
itself, predictions, evaluated losses.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any

import numpy as np
import pytest
from recorded_models import FEATURES, SAMPLES, TIMESTEPS, UNITS, classifier, inputs, recurrent
from thorough import spread

from xlcheck.errors import ModelError, OracleError
from xlcheck.graph.evaluate import evaluate
from xlcheck.learning.forward import forward_graph
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_reader import read_model, weights_of
from xlcheck.oracle.record import record, retrace
from xlcheck.oracle.recorders import RECORDERS

pytestmark = pytest.mark.keras

OPTIONS = [
    (kind, dict(zip(("activation", "use_bias", "return_sequences", "unroll"), values, strict=True)))
    for kind, values in product(
        ("SimpleRNN", "LSTM"),
        [
            ("tanh", True, False, True),
            ("tanh", False, True, False),
            ("sigmoid", True, True, True),
            ("linear", True, False, False),
        ],
    )
]


@pytest.mark.parametrize(("kind", "options"), spread(OPTIONS, 2))
def test_states_are_those_that_keras_returns(kind: str, options: dict[str, Any]) -> None:
    """The recorded hidden and cell states are, bit for bit, those of a layer that returns its states."""
    model = recurrent(kind, dtype="float64", **options)
    x = inputs()
    trace = record(model, x)
    keras = import_keras()
    twin = getattr(keras.layers, kind)(
        UNITS, dtype="float64", **(options | {"return_sequences": True, "return_state": True})
    )
    twin.build(x.shape)
    twin.set_weights(model.get_weights())
    sequence, *states = twin(x)

    for t in range(TIMESTEPS):
        assert np.array_equal(trace[f"rnn.h[{t}]"], np.asarray(sequence)[:, t])
    if kind == "LSTM":
        assert np.array_equal(trace[f"rnn.c[{TIMESTEPS - 1}]"], np.asarray(states[1]))


@pytest.mark.parametrize(("kind", "options"), spread(OPTIONS, 2))
def test_every_quantity_agrees_with_the_equations(kind: str, options: dict[str, Any]) -> None:
    """Keras gives every quantity that the equations name, and their NumPy values are Keras's within 1e-14."""
    model = recurrent(kind, **options)
    trace = record(model, inputs())
    graph = forward_graph(read_model(model))
    values = evaluate(graph, trace.values)

    assert list(trace.values) == [q.name for q in graph]
    for name, value in values.items():
        np.testing.assert_allclose(value, trace[name], rtol=0, atol=1e-14, err_msg=name)


def test_single_precision_is_what_the_user_sees() -> None:
    """The float32 trace ends in the prediction of the model itself, bit for bit."""
    model = recurrent("LSTM")
    x = inputs()
    trace = record(model, x, dtype="float32")

    assert trace.source == "keras float32"
    assert np.array_equal(trace[f"rnn.h[{TIMESTEPS - 1}]"], np.asarray(model(x.astype("float32"))))


def test_projections_are_matrix_products() -> None:
    """Each gate's projections are the products with its own columns of the kernels, in Keras's order i, f, c, o."""
    trace = record(recurrent("LSTM"), inputs())
    for number, gate in enumerate("ifco"):
        columns = slice(number * UNITS, (number + 1) * UNITS)
        x = trace["input.x[1]"] @ trace["rnn.kernel"][:, columns]
        h = trace["rnn.h[0]"] @ trace["rnn.recurrent_kernel"][:, columns]

        np.testing.assert_allclose(trace[f"rnn.xk_{gate}[1]"], x, atol=1e-15)
        np.testing.assert_allclose(trace[f"rnn.hr_{gate}[1]"], h, atol=1e-15)


def test_model_is_left_alone() -> None:
    """Recording changes neither the model's weights nor what its layers do, nor Keras itself."""
    model = recurrent("LSTM")
    keras = import_keras()
    before = model.get_weights(), dict(vars(model.layers[0].cell)), model.layers[0].unroll
    ops = vars(__import__("sys").modules[keras.layers.LSTM.__module__])["ops"]
    record(model, inputs())

    assert all(np.array_equal(a, b) for a, b in zip(before[0], model.get_weights(), strict=True))
    assert model.layers[0].cell.activation is before[1]["activation"]
    assert model.layers[0].unroll is before[2]
    assert vars(__import__("sys").modules[keras.layers.LSTM.__module__])["ops"] is ops


@pytest.mark.parametrize("loss", ["binary_crossentropy", "categorical_crossentropy"])
def test_losses_are_those_that_keras_evaluates(loss: str) -> None:
    """A sample's loss is Keras's for its probability, the mean that of `model.evaluate`, which rounds to float32."""
    model = classifier(loss)
    x = inputs()
    y = np.array([[1.0], [0.0], [1.0]]) if loss == "binary_crossentropy" else np.eye(4)[[0, 2, 3]]
    trace = record(model, x, y)

    desired = np.asarray(import_keras().losses.get(loss)(y, np.asarray(model(x))))

    np.testing.assert_allclose(trace["loss.loss"][:, 0], desired, rtol=0, atol=1e-15)
    np.testing.assert_allclose(trace["loss.mean"][:, 0], desired.mean(), rtol=0, atol=1e-15)
    assert trace["loss.mean"][0, 0] == pytest.approx(model.evaluate(x, y, batch_size=SAMPLES, verbose=0), abs=1e-6)


def test_losses_of_a_sequence() -> None:
    """With an answer at each step there is a loss for each step, for each sample, and the mean of all."""
    model = classifier("categorical_crossentropy", timed=True)
    x = inputs()
    y = np.eye(4)[np.random.default_rng(1).integers(0, 4, (SAMPLES, TIMESTEPS))]
    y[1, -1] = 0  # no answer: its loss is 0
    trace = record(model, x, y)
    steps = np.stack([trace[f"loss.loss[{t}]"][:, 0] for t in range(TIMESTEPS)], axis=1)

    assert steps[1, -1] == 0
    desired = np.asarray(import_keras().losses.categorical_crossentropy(y, np.asarray(model(x))))
    np.testing.assert_allclose(steps, desired, rtol=0, atol=1e-15)
    assert trace["loss.mean"][0, 0] == pytest.approx(model.evaluate(x, y, batch_size=SAMPLES, verbose=0), abs=1e-6)
    np.testing.assert_allclose(trace["loss.sample"][:, 0], steps.mean(axis=1), atol=1e-15)


def test_loss_is_not_clipped() -> None:
    """A certain and wrong answer costs its whole logit, as in training; a probability would be clipped."""
    keras = import_keras()
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, activation="sigmoid", name="dense")])
    model.compile(loss="binary_crossentropy")
    model.set_weights([np.array([[30.0]]), np.zeros(1)])

    assert record(model, np.array([[1.0]]), [[0.0]])["loss.loss"][0, 0] == pytest.approx(30.0, abs=1e-9)


def test_without_targets_there_is_no_loss() -> None:
    """A compiled model can be recorded without targets; the loss is then left out."""
    trace = record(classifier("binary_crossentropy"), inputs())

    assert "dense.y" in trace
    assert not any(name.startswith(("loss.", "target.")) for name in trace.values)


@pytest.mark.parametrize("kind", ["SimpleRNN", "LSTM"])
def test_initial_states(kind: str) -> None:
    """Given states are where the recurrence starts, as with Keras's own `initial_state`."""
    model = recurrent(kind, dtype="float64")
    symbols = ("h_init", "c_init")[: 1 if kind == "SimpleRNN" else 2]
    states = {f"rnn.{symbol}": inputs(SAMPLES, UNITS) + number for number, symbol in enumerate(symbols)}
    trace = record(model, inputs(), initial_states=states)
    desired = model.layers[0](inputs(), initial_state=[states[f"rnn.{symbol}"] for symbol in symbols])

    assert np.array_equal(trace[f"rnn.h[{TIMESTEPS - 1}]"], np.asarray(desired))
    for name, state in states.items():
        assert np.array_equal(trace[name], state)


def test_retrace_gives_the_same_trace() -> None:
    """A spec with the recorded weights, inputs and targets leads to the same trace, bit for bit."""
    model = classifier("categorical_crossentropy", timed=True)
    y = np.eye(4)[np.zeros((SAMPLES, TIMESTEPS), dtype=int)]
    trace = record(model, inputs(), y)
    again = retrace(read_model(model), trace.values)

    assert list(again.values) == list(trace.values)
    assert all(np.array_equal(again[name], trace[name]) for name in trace.values)


def test_retrace_follows_an_edited_weight() -> None:
    """A weight that was changed in the last bit is what Keras then computes with."""
    model = recurrent("SimpleRNN")
    trace = record(model, inputs())
    bias = np.nextafter(trace["rnn.bias"], np.inf)
    again = retrace(read_model(model), {**trace.values, "rnn.bias": bias})

    assert np.array_equal(again["rnn.bias"], bias)
    assert not np.array_equal(again["rnn.z[0]"], trace["rnn.z[0]"])


def test_retrace_knows_the_codes_of_an_embedding() -> None:
    """A code beyond the vocabulary, typed into a workbook, is said in one sentence and never looked up."""
    keras = import_keras()
    model = keras.Sequential([keras.Input((2,)), keras.layers.Embedding(5, 2, name="vectors")])
    trace = record(model, np.array([[4.0, 0.0]]))
    given = {name: np.full_like(values, 6.0) if ".x" in name else values for name, values in trace.values.items()}

    with pytest.raises(ModelError, match="input 'input' holds 6; layer 'vectors' knows the codes 0 to 4"):
        retrace(read_model(model), given)


def test_a_code_that_another_layer_hands_on_must_be_known() -> None:
    """Rule: so is a code that an embedding does not read from an input itself."""
    keras = import_keras()
    layers = [keras.Input((2,)), keras.layers.Reshape((2,)), keras.layers.Embedding(5, 2, name="vectors")]
    model = keras.Sequential(layers)
    trace = record(model, np.array([[4.0, 0.0]]))
    given = {name: np.full_like(values, 6.0) if ".x" in name else values for name, values in trace.values.items()}

    with pytest.raises(ModelError, match="a layer looks up 6; it knows the codes 0 to 4"):
        retrace(read_model(model), given)


def test_retrace_needs_every_given_quantity() -> None:
    """A missing or misshapen input is named."""
    model = recurrent("SimpleRNN")
    given = dict(record(model, inputs()).values)

    with pytest.raises(ModelError, match=r"input\.x\[2\] has the shape \(3, 1\).* needs \(2,\)"):
        retrace(read_model(model), given | {"input.x[2]": np.zeros((SAMPLES, 1))})
    del given["input.x[2]"]
    with pytest.raises(ModelError, match=r"input\.x\[2\] is missing"):
        retrace(read_model(model), given)


def test_missing_quantity_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quantity that Keras did not yield is an error with its name; no equation of ours fills it in."""

    def forgetful(call: Any) -> Any:
        return {symbol: array for symbol, array in original(call).items() if symbol != "z"}

    original = RECORDERS["SimpleRNN"]
    monkeypatch.setitem(RECORDERS, "SimpleRNN", forgetful)

    with pytest.raises(OracleError, match=r"no value for rnn\.z\[0\]"):
        record(recurrent("SimpleRNN"), inputs())


def test_contradiction_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """If listening to Keras changed its prediction by one bit, the recording would be refused."""
    from xlcheck.oracle import record as module

    @contextmanager
    def meddling(model: Any) -> Iterator[Any]:
        bias = model.layers[0].cell.bias
        bias.assign(np.nextafter(bias.numpy(), 1))
        with original(model) as root:
            yield root

    original = module.listening
    monkeypatch.setattr(module, "listening", meddling)

    with pytest.raises(OracleError, match="than Keras's own prediction"):
        record(recurrent("SimpleRNN", unroll=True), inputs())


def test_wrong_copy_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy that predicts something else than the model it was made from is refused."""
    from xlcheck.oracle import record as module

    def miscopy(model: Any, dtype: str) -> Any:
        copy = original(model, dtype)
        copy.set_weights([weight * 2 for weight in copy.get_weights()])
        return copy

    original = module.clone
    monkeypatch.setattr(module, "clone", miscopy)

    with pytest.raises(OracleError, match="predicts something else"):
        record(recurrent("SimpleRNN"), inputs(), dtype="float32")


def test_shared_layer_calls_are_told_apart() -> None:
    """Two calls of one layer are recorded each under its own name, whichever Keras happens to run first."""
    keras = import_keras()
    keras.utils.set_random_seed(4)
    shared, between = keras.layers.Dense(2, name="shared"), keras.layers.Dense(2, name="between")
    tensor = keras.Input((2,))
    first = shared(between(shared(between(tensor))))
    model = keras.Model(tensor, [first, shared(tensor)])
    trace = record(model, inputs(5, 2))
    values = evaluate(forward_graph(read_model(model)), trace.values)

    assert "shared#3.y" in trace
    for name, value in values.items():
        np.testing.assert_allclose(value, trace[name], rtol=0, atol=1e-14, err_msg=name)


def test_several_inputs() -> None:
    """A model with two inputs takes two arrays, in its own order."""
    keras = import_keras()
    numbers, words = keras.Input((2,), name="numbers"), keras.Input((TIMESTEPS, FEATURES), name="words")
    model = keras.Model(
        [numbers, words], [keras.layers.Dense(1, name="dense")(numbers), keras.layers.SimpleRNN(1, name="rnn")(words)]
    )
    arrays = [inputs(SAMPLES, 2), inputs()]
    trace = record(model, arrays)

    assert np.array_equal(trace["numbers.x"], arrays[0])
    assert np.array_equal(trace["words.x[3]"], arrays[1][:, 3])
    with pytest.raises(ModelError, match="same number"):
        record(model, [arrays[0][:2], arrays[1]])


def test_weights_belong_to_the_trace() -> None:
    """The trace holds the model's weights cast to float64, as they stand in Keras."""
    model = recurrent("LSTM")
    trace = record(model, inputs())

    for name, value in weights_of(model).items():
        assert np.array_equal(trace[name], value)
