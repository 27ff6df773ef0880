"""The graph of calls: models inside models, several outputs, states that are handed over, masks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from xlcheck.errors import NotSupportedError
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_reader import read_model, weights_of
from xlcheck.model.model_spec import Call

pytestmark = pytest.mark.keras

keras: Any = import_keras()
L: Any = keras.layers


def block(name: str = "block") -> Any:
    """A functional model of one layer, to be put inside others."""
    x = keras.Input((2,))
    return keras.Model(x, L.Dense(2, name="d")(x), name=name)


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


def test_outputs_of_functional_models_inside_are_those_of_their_own_call() -> None:
    """Keras numbers the calls of a model inside from 0 in one place and from 1 in another; neither number is read."""
    inner, x = block(), keras.Input((2,))
    first = inner(x)
    second = inner(first)
    spec = read_model(keras.Model(x, [first, L.Dense(1, name="last")(second), second, first]))

    assert spec.outputs == ("block.d", "last", "block.d#2", "block.d")
    assert [call.inputs for call in spec.calls] == [("input",), ("block.d",), ("block.d#2",)]


def test_siamese_model() -> None:
    """One model reads two inputs; each output follows from its own input, in whatever order they are listed."""
    inner, a, b = block(), keras.Input((2,), name="a"), keras.Input((2,), name="b")
    spec = read_model(keras.Model([b, a], [inner(a), inner(b)]))
    made = {call.outputs[0]: call.inputs for call in spec.calls}

    assert [item.tensor for item in spec.inputs] == ["b", "a"]
    assert [made[name] for name in spec.outputs] == [("a",), ("b",)]


def test_models_several_levels_deep() -> None:
    """A model in a model in a model, called twice, with its outputs exchanged: each tensor is followed to its call."""
    inner = block("inner")
    x = keras.Input((2,))
    middle = keras.Model(x, [inner(x), inner(inner(x))], name="middle")
    x = keras.Input((2,))
    once, twice = middle(x)
    outer = keras.Model(x, [twice, once], name="outer")
    x = keras.Input((2,))
    a, b = outer(x)
    spec = read_model(keras.Model(x, [b, *outer(a)]))
    made = {call.outputs[0]: call.inputs[0] for call in spec.calls}

    def depth(tensor: str) -> int:
        return 0 if tensor == "input" else 1 + depth(made[tensor])

    assert [depth(name) for name in spec.outputs] == [1, 4, 3]


@pytest.mark.parametrize("form", ["encoder and decoder", "on the same input", "on the encoder's output"])
def test_autoencoder(form: str) -> None:
    """A decoder reads what an encoder made, however the whole model is put together from them."""
    x, z = keras.Input((2,)), keras.Input((1,))
    encoder = keras.Model(x, L.Dense(1, name="d")(x), name="encoder")
    decoder = keras.Model(z, L.Dense(2, name="d")(z), name="decoder")
    start = keras.Input((2,)) if form == "encoder and decoder" else x
    whole = keras.Model(start, decoder(encoder.output if form == "on the encoder's output" else encoder(start)))
    first = "d" if form == "on the encoder's output" else "encoder.d"

    assert read_model(whole).calls == (
        Call(first, first, ("input",), (first,)),
        Call("decoder.d", "decoder.d", (first,), ("decoder.d",)),
    )


def test_inputs_are_outputs_too() -> None:
    """A tensor that a model hands on untouched keeps its name, also through a model inside."""
    x = keras.Input((2,))
    inner = keras.Model(x, [x, L.Dense(2, name="d")(x)], name="inner")
    x = keras.Input((2,))
    same, made = inner(x)

    assert read_model(keras.Model(x, [made, same, x])).outputs == ("inner.d", "input", "input")


def test_dictionaries_are_read_in_the_order_of_their_keys() -> None:
    """As Keras lists inputs and outputs; a model inside may have them, too."""
    x, y = keras.Input((2,), name="y"), keras.Input((3,), name="x")
    inner = keras.Model({"y": x, "x": y}, {"b": L.Dense(1, name="d")(x), "a": L.Dense(2, name="e")(y)}, name="inner")
    p, q = keras.Input((2,), name="p"), keras.Input((3,), name="q")
    made = inner({"y": p, "x": q})
    spec = read_model(keras.Model({"p": p, "q": q}, {"second": made["a"], "first": made["b"]}))

    assert [item.tensor for item in spec.inputs] == ["p", "q"]
    assert spec.outputs == ("inner.d", "inner.e")
    assert {call.name: call.inputs for call in spec.calls} == {"inner.d": ("p",), "inner.e": ("q",)}


@pytest.mark.parametrize("form", ["list", "tuple", "second argument"])
def test_states_are_handed_over_in_every_form(form: str) -> None:
    """However Keras is given the initial states."""
    x = keras.Input((3, 2))
    _, h, c = L.LSTM(2, return_state=True, name="encoder")(x)
    decoder = L.LSTM(2, name="decoder")
    made = {
        "list": lambda: decoder(x, initial_state=[h, c]),
        "tuple": lambda: decoder(x, initial_state=(h, c)),
        "second argument": lambda: decoder(x, [h, c]),
    }[form]()

    assert read_model(keras.Model(x, made)).calls[1].inputs == ("input", "encoder:1", "encoder:2")


def test_masks_are_known_in_a_loaded_model(tmp_path: Path) -> None:
    """A loaded model calls its layers with masks as arguments; they are those that Keras hands on anyway."""
    x = keras.Input((3, 2))
    y = L.LSTM(2, return_sequences=True, name="a")(L.Masking()(x))
    model = keras.Model(x, L.Bidirectional(L.GRU(2), name="b")(L.Concatenate()([y, y])))
    model.save(tmp_path / "m.keras")
    loaded = keras.saving.load_model(tmp_path / "m.keras")

    assert read_model(loaded) == read_model(model)


def other_mask(x: Any) -> Any:
    mask = keras.ops.any(keras.ops.not_equal(x, 1.0), axis=-1)
    return L.LSTM(2, name="a")(L.Masking()(x), mask=mask)


def mask_beside_states(x: Any) -> Any:
    y = L.Masking()(x)
    _, h = L.GRU(2, return_state=True)(y)
    mask = keras.src.backend.get_keras_mask(y)
    return L.GRU(2, name="a")(y, initial_state=h, mask=mask)


def on_two_levels(x: Any) -> Any:
    shared, y = L.Dense(2, name="d"), keras.Input((3, 2))
    return shared(keras.Model(y, shared(y), name="inner")(x))


def longer_shape(x: Any) -> Any:
    y = keras.Input((3, 2, 1))
    return keras.Model(y, L.Flatten()(y), name="inner")(x)


def whole_numbers(x: Any) -> Any:
    y = keras.Input((3, 2), dtype="int32")
    return keras.Model(y, L.Flatten()(y), name="inner")(x)


def name_of_a_call(x: Any) -> Any:
    dense = L.Dense(2, name="d")
    return L.Add()([dense(x), dense(dense(x)), L.Dense(2, name="d#2")(x)])


REFUSED: dict[str, tuple[Callable[[Any], Any], str]] = {
    "a mask of its own": (other_mask, "'a' is called with mask=…"),
    "a mask beside states": (mask_beside_states, "'a' is called with mask=…"),
    "one layer on two levels": (on_two_levels, "'inner.d' and 'd' share their kernel"),
    "another number of axes": (longer_shape, r"'inner' .* a tensor of the shape \(None, 3, 2\)"),
    "another type": (whole_numbers, "'inner' .* a tensor of float32 where its input has int32"),
    "a name of another tensor": (name_of_a_call, "called 'd#2'.*rename it"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_would_be_read_wrongly_is_refused(case: str) -> None:
    """Whatever Keras computes with other tensors than those that the calls show."""
    make, message = REFUSED[case]
    x = keras.Input((3, 2))

    with pytest.raises(NotSupportedError, match=message):
        read_model(keras.Model(x, make(x)))
