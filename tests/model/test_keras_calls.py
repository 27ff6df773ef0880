"""The graph of calls: models inside models, several outputs, states that are handed over, masks."""

from __future__ import annotations

from typing import Any

import pytest

from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_reader import read_model, weights_of
from xlcheck.model.model_spec import Call

pytestmark = pytest.mark.keras

keras: Any = import_keras()
L: Any = keras.layers


def nested() -> Any:
    inner = keras.Sequential([keras.Input((3,)), L.Dense(2, name="a"), L.Dense(3, name="b")], name="inner")
    x = keras.Input((3,))
    return keras.Model(x, inner(inner(x)))


def test_model_in_a_model_is_taken_apart() -> None:
    """Its layers carry its name; its second call makes second calls of its layers."""
    spec = read_model(nested())

    assert spec.calls == (
        Call("inner.a", "inner.a", ("input",), ("inner.a",)),
        Call("inner.b", "inner.b", ("inner.a",), ("inner.b",)),
        Call("inner.a#2", "inner.a", ("inner.b",), ("inner.a#2",)),
        Call("inner.b#2", "inner.b", ("inner.a#2",), ("inner.b#2",)),
    )
    assert [layer.name for layer in spec.layers] == ["inner.a", "inner.b"]
    assert set(weights_of(nested())) == {"inner.a.kernel", "inner.a.bias", "inner.b.kernel", "inner.b.bias"}


def test_states_are_outputs_and_inputs_of_calls() -> None:
    """`return_state` makes further tensors; `initial_state` reads them after the sequence."""
    x = keras.Input((3, 2))
    _, h, c = L.LSTM(2, return_state=True, name="encoder")(x)
    spec = read_model(keras.Model(x, [L.LSTM(2, name="decoder")(x, initial_state=[h, c]), c]))

    assert spec.calls == (
        Call("encoder", "encoder", ("input",), ("encoder", "encoder:1", "encoder:2")),
        Call("decoder", "decoder", ("input", "encoder:1", "encoder:2"), ("decoder",)),
    )
    assert spec.outputs == ("decoder", "encoder:2")


def test_keras_s_operations_on_masks_are_no_calls() -> None:
    """Keras puts them into its graph by itself; the layers' own equations make the masks."""
    x = keras.Input((3,))
    model = keras.Model(x, L.LSTM(2, name="lstm")(L.Embedding(5, 2, mask_zero=True, name="words")(x)))

    assert [call.layer for call in read_model(model).calls] == ["words", "lstm"]


def test_wrapped_layers_are_read_with_their_own_names() -> None:
    """A Bidirectional has no weights of its own, but two layers with weights."""
    x = keras.Input((3, 2))
    model = keras.Model(x, L.Bidirectional(L.GRU(2, name="gru"), merge_mode=None, name="both")(x))
    spec = read_model(model)
    (layer,) = spec.layers

    assert [inner.name for inner in layer.inner] == ["forward_gru", "backward_gru"]
    assert layer.inner[1].options["go_backwards"] is True
    assert layer.weights == {}
    assert spec.outputs == ("both", "both:1")
    assert "both.backward_gru.recurrent_kernel" in weights_of(model)
