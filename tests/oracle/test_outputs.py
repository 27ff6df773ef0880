"""What the spec calls the model's outputs is what the model predicts; calls and copies are not mixed up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from thorough import spread

from xlcheck.errors import OracleError
from xlcheck.graph.evaluate import evaluate
from xlcheck.learning.forward import forward_graph
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_reader import read_model
from xlcheck.oracle import record as module
from xlcheck.oracle.clone import clone
from xlcheck.oracle.record import record

pytestmark = pytest.mark.keras

keras: Any = import_keras()
L: Any = keras.layers


def numbers(*shape: int) -> Any:
    return np.random.default_rng(5).normal(size=shape)


def two_outputs() -> Any:
    """A model inside, called twice, and both results as outputs."""
    keras.utils.set_random_seed(5)
    x = keras.Input((2,))
    block = keras.Model(x, L.Dense(2, activation="tanh", name="d")(x), name="block")
    x = keras.Input((2,))
    first = block(x)
    return keras.Model(x, [first, block(first)])


WRONG: dict[str, Callable[[tuple[str, ...]], tuple[str, ...]]] = {
    "exchanged": lambda outputs: outputs[::-1],
    "the same twice": lambda outputs: (outputs[0], outputs[0]),
    "the input": lambda outputs: (outputs[0], "input"),
}


@pytest.mark.parametrize("case", WRONG)
def test_other_outputs_than_the_model_s_are_refused(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that took other tensors for the outputs would be found out by the prediction itself."""

    def misread(model: Any, *args: Any) -> Any:
        spec = read_model(model, *args)
        return replace(spec, outputs=WRONG[case](spec.outputs))

    monkeypatch.setattr(module, "read_model", misread)

    with pytest.raises(OracleError, match="predicts something else than its layer"):
        record(two_outputs(), numbers(3, 2))


def test_outputs_of_every_shape_are_compared() -> None:
    """Sequences, also those that were made backwards, vectors, states, codes and inputs, one of them twice."""
    x, codes = keras.Input((3, 2), name="x"), keras.Input((4,), name="codes")
    sequence = L.GRU(2, return_sequences=True, go_backwards=True, name="gru")(x)
    words = L.Embedding(5, 2, name="words")(codes)
    last, h, c = L.LSTM(2, return_state=True, name="lstm")(words)
    model = keras.Model([x, codes], {"a": sequence, "b": [last, h, c], "c": codes, "d": words, "e": [x, last]})
    record(model, [numbers(2, 3, 2), np.array([[0.0, 1, 2, 3], [4, 4, 0, 1]])])

    assert read_model(model).outputs == ("gru", "lstm", "lstm:1", "lstm:2", "codes", "words", "x", "lstm")


@pytest.mark.parametrize("masked_first", [False, True])
def test_calls_that_differ_in_their_mask_only_are_told_apart(masked_first: bool) -> None:
    """A shared layer that is given the same numbers once with a mask and once without."""
    keras.utils.set_random_seed(5)
    shared, x = L.LSTM(2, name="shared"), keras.Input((3, 2))
    inputs = [x, L.Masking(name="masking")(x)]
    model = keras.Model(x, [shared(y) for y in inputs[:: -1 if masked_first else 1]])
    array = numbers(2, 3, 2)
    array[:, 1] = 0
    trace = record(model, array)

    for name, value in evaluate(forward_graph(read_model(model)), trace.values).items():
        np.testing.assert_allclose(value, trace[name], rtol=0, atol=1e-14, err_msg=name)


def test_copy_of_a_nested_model_has_its_weights() -> None:
    """A copy in double precision predicts what the model does, as far as single precision goes."""
    model = two_outputs()
    copy = clone(model, "float64")
    x = numbers(3, 2)

    for a, b in zip(model(x), copy(x), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


RECURRENT = [
    ("LSTM", {}),
    ("LSTM", {"use_bias": False, "unroll": True}),
    ("GRU", {}),
    ("GRU", {"reset_after": False}),
    ("GRU", {"use_bias": False, "go_backwards": True}),
    ("SimpleRNN", {}),
]


@pytest.mark.parametrize(("kind", "options"), spread(RECURRENT, 2))
def test_dropout_of_states_changes_how_keras_multiplies_and_no_number(kind: str, options: dict[str, Any]) -> None:
    """With `recurrent_dropout` Keras multiplies gate by gate; every quantity agrees with the equations."""
    keras.utils.set_random_seed(5)
    layer = getattr(L, kind)(3, name="rnn", recurrent_dropout=0.4, bias_initializer="random_normal", **options)
    model = keras.Sequential([keras.Input((4, 2)), layer])
    trace = record(model, numbers(2, 4, 2))

    for name, value in evaluate(forward_graph(read_model(model)), trace.values).items():
        np.testing.assert_allclose(value, trace[name], rtol=0, atol=1e-14, err_msg=name)
