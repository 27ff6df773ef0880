"""keras.Model → ModelSpec."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from xlcheck.errors import ModelError, NotSupportedError
from xlcheck.learning.forward import forward_graph
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_optimiser import identifier_of
from xlcheck.model.keras_reader import read_model, weights_of
from xlcheck.model.layer_options import options_of
from xlcheck.model.model_spec import Call, LayerSpec

pytestmark = pytest.mark.keras


@pytest.fixture(scope="module")
def keras() -> Any:
    return import_keras()


def test_sequential(keras: Any) -> None:
    """Layers, their options and weights, the chain of calls, the input's shape and the loss are read."""
    model = keras.Sequential(
        [
            keras.Input((3, 2)),
            keras.layers.LSTM(4, name="lstm", return_sequences=True, dropout=0.5),
            keras.layers.Dense(1, use_bias=False, activation="sigmoid", name="dense"),
        ],
        name="chain",
    )
    model.compile(loss="binary_crossentropy")
    spec = read_model(model)

    assert (spec.name, spec.loss, spec.outputs) == ("chain", "binary_crossentropy", ("dense",))
    assert [(item.tensor, item.shape) for item in spec.inputs] == [("input", (3, 2))]
    assert spec.calls == (
        Call("lstm", "lstm", ("input",), ("lstm",)),
        Call("dense", "dense", ("lstm",), ("dense",)),
    )
    assert spec.layer("lstm") == LayerSpec(
        "LSTM",
        "lstm",
        {
            "units": 4, "activation": "tanh", "recurrent_activation": "sigmoid", "use_bias": True,
            "return_sequences": True,
        },
        {"kernel": (2, 16), "recurrent_kernel": (4, 16), "bias": (16,)},
    )  # fmt: skip
    assert spec.layer("dense").weights == {"kernel": (4, 1)}


def test_functional_is_the_same_chain(keras: Any) -> None:
    """The same layers written with the functional API give the same spec as a Sequential model."""
    layers = [keras.layers.SimpleRNN(2, name="rnn"), keras.layers.Dense(1, name="dense")]
    chain = keras.Sequential([keras.Input((3, 2)), *layers], name="model")
    tensor = keras.Input((3, 2))
    graph = keras.Model(tensor, layers[1](layers[0](tensor)), name="model")

    assert read_model(graph) == read_model(chain)


def test_shared_layer_has_numbered_calls(keras: Any) -> None:
    """A layer used twice is one layer with two calls, each after the calls whose tensors it reads."""
    shared, between = keras.layers.Dense(2, name="shared"), keras.layers.Dense(2, name="between")
    tensor = keras.Input((2,))
    spec = read_model(keras.Model(tensor, shared(between(shared(tensor)))))

    assert [layer.name for layer in spec.layers] == ["shared", "between"]
    assert [(call.name, call.inputs) for call in spec.calls] == [
        ("shared", ("input",)),
        ("between", ("shared",)),
        ("shared#2", ("between",)),
    ]
    assert spec.outputs == ("shared#2",)


def test_several_inputs_keep_their_names(keras: Any) -> None:
    """Inputs come in the model's order under the names of their input layers."""
    words, numbers = keras.Input((3, 2), name="words"), keras.Input((4,), name="numbers")
    dense, rnn = keras.layers.Dense(1, name="dense"), keras.layers.SimpleRNN(1, name="rnn")
    spec = read_model(keras.Model([numbers, words], [rnn(words), dense(numbers)]))

    assert [(item.tensor, item.shape) for item in spec.inputs] == [("numbers", (4,)), ("words", (3, 2))]
    assert spec.outputs == ("rnn", "dense")


def test_open_dimension_takes_the_given_length(keras: Any) -> None:
    """A model that reads sequences of any length needs to be told the length, and only a fitting one."""
    model = keras.Sequential([keras.Input((None, 2)), keras.layers.SimpleRNN(1)], name="open")

    assert read_model(model, [(7, 2)]).inputs[0].shape == (7, 2)
    with pytest.raises(ModelError, match="say how long"):
        read_model(model)
    with pytest.raises(ModelError, match=r"reads \(any, 2\) for each sample; the inputs have \(7, 3\)"):
        read_model(model, [(7, 3)])


def test_weights_are_cast_up_exactly(keras: Any) -> None:
    """Each float32 weight comes back as the float64 of the same value, under its quantity's name."""
    model = keras.Sequential([keras.Input((3, 2)), keras.layers.SimpleRNN(2, name="rnn")])
    weights = weights_of(model)

    assert list(weights) == ["rnn.kernel", "rnn.recurrent_kernel", "rnn.bias"]
    for value, stored in zip(weights.values(), model.get_weights(), strict=True):
        assert value.dtype == np.float64
        assert np.array_equal(value, stored)


@pytest.mark.parametrize("kind", ["SimpleRNN", "LSTM", "GRU", "Dense"])
def test_every_option_of_keras_is_known(kind: str, keras: Any) -> None:
    """No option that this Keras has for the layer is unknown, and one that is added later is refused, not ignored."""
    config = getattr(keras.layers, kind)(1).get_config()

    assert options_of(kind, "a", config)["units"] == 1
    with pytest.raises(NotSupportedError, match=r"'a': the option tilt=3 .* is not known"):
        options_of(kind, "a", config | {"tilt": 3})


def functional(build: Callable[[Any, Any], Any], shape: tuple[int, ...] = (3, 2)) -> Callable[[Any], Any]:
    """A function that makes a model from what `build` does to its input."""

    def make(keras: Any) -> Any:
        tensor = keras.Input(shape)
        return keras.Model(tensor, build(keras, tensor))

    return make


def subclass(keras: Any) -> Any:
    class Own(keras.Model):
        def call(self, inputs: Any) -> Any:
            return inputs

    return Own(name="own")


def subclassed_layer(keras: Any, tensor: Any) -> Any:
    class LSTM(keras.layers.LSTM):
        """Named as Keras's, but other code."""

    return LSTM(1, name="mine")(tensor)


def mine(x: Any) -> Any:
    return x


def dense(**options: Any) -> Callable[[Any], Any]:
    return functional(lambda keras, x: keras.layers.Dense(1, **({"name": "a"} | options))(x))


def leaky(keras: Any, tensor: Any) -> Any:
    return keras.layers.Dense(1, name="a", activation=keras.layers.LeakyReLU())(tensor)


def masked(keras: Any, tensor: Any) -> Any:
    return keras.layers.LSTM(1, name="a")(tensor, mask=keras.ops.ones((1, 3), dtype="bool"))


REFUSED: dict[str, tuple[Callable[[Any], Any], str]] = {
    "layer": (functional(lambda k, x: k.layers.Hashing(3, name="group")(x)), "'group': Hashing"),
    "operation": (functional(lambda k, x: x ** np.ones(2)), "ops.power with an array is not supported, only with"),
    "subclassed layer": (functional(subclassed_layer), "'mine'.*not one of Keras's own layers"),
    "subclassed model": (subclass, "'own' is of the class Own"),
    "its inputs alone": (functional(lambda k, x: [x, x]), "model 'functional.*' computes nothing"),
    "own activation": (dense(activation=mine), "'a': activation=mine"),
    "activation layer": (functional(leaky), "'a': activation=LeakyReLU"),
    "half precision": (dense(dtype="float16"), "'a': the precision float16"),
    "reserved name": (dense(name="loss"), "called 'loss'.*rename"),
    "training mode": (functional(lambda k, x: k.layers.LSTM(1, name="a")(x, training=True)), "'a' .*training"),
    "mask": (functional(masked), "'a' .*mask"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_by_name(case: str, keras: Any) -> None:
    """What is not supported is refused with the name of the layer and of what it is, never left out."""
    make, message = REFUSED[case]

    with pytest.raises(NotSupportedError, match=message):
        read_model(make(keras))


def test_not_a_model(keras: Any) -> None:
    """Something else than a Keras model is called by its type; a model without weights says so."""
    with pytest.raises(ModelError, match="a Keras model is needed, not dict"):
        read_model({})
    with pytest.raises(ModelError, match="no weights yet"):
        read_model(keras.Sequential([keras.layers.Dense(1)]))


def test_loss_that_is_given_beside_the_model(keras: Any) -> None:
    """In every form that Keras takes in `compile`."""
    for loss in ("mse", "MSE", "MeanSquaredError", keras.losses.MeanSquaredError(), keras.losses.mean_squared_error):
        assert identifier_of(loss) == "mean_squared_error"


@pytest.mark.parametrize("form", ["identifier", "alias", "function", "object", "list", "output"])
def test_loss_in_each_form(form: str, keras: Any) -> None:
    """However Keras was told of the loss, it is read as one identifier."""
    loss = {
        "identifier": "binary_crossentropy",
        "alias": "bce",
        "function": keras.losses.binary_crossentropy,
        "object": keras.losses.BinaryCrossentropy(name="mine"),
        "list": ["bce"],
        "output": {"out": keras.losses.BinaryCrossentropy()},
    }[form]
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="out")])
    model.compile(loss=loss)

    assert read_model(model).loss == "binary_crossentropy"


def test_loss_with_a_weight_of_one(keras: Any) -> None:
    """A weight of 1 changes nothing, in whatever form it is given; any other one is no longer Keras's own loss."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="out")])
    read = {}
    for weights in (None, 1.0, [1.0], [None], {"out": 1.0}, {"out": 2.0}, [0.5]):
        model.compile(loss="mse", loss_weights=weights)
        read[str(weights)] = read_model(model).loss

    assert [*read.values()] == ["mean_squared_error"] * 5 + [
        f"mean_squared_error(loss_weights={weight})" for weight in (2.0, 0.5)
    ]


@pytest.mark.parametrize("form", ["option", "function", "list"])
def test_loss_of_another_kind_is_refused_where_it_is_needed(form: str, keras: Any) -> None:
    """A loss whose options change the number, or that is not Keras's own, is no obstacle to a forward pass."""
    loss, named = {
        "option": (
            keras.losses.BinaryCrossentropy(label_smoothing=0.1),
            r"'BinaryCrossentropy\(label_smoothing=0\.1\)'",
        ),
        "function": (mine, "mine"),
        "list": ([mine], "mine"),
    }[form]
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(loss=loss)
    spec = read_model(model)

    assert forward_graph(replace(spec, loss=None)).outputs
    with pytest.raises(NotSupportedError, match=f"loss .*{named}.* is not supported"):
        forward_graph(spec)


def test_model_without_or_with_several_outputs_has_no_loss(keras: Any) -> None:
    """Without `compile` there is no loss; with several outputs Keras has one for each, and none is read."""
    tensor = keras.Input((2,))
    outputs = [keras.layers.Dense(1)(tensor), keras.layers.Dense(1)(tensor)]
    several = keras.Model(tensor, outputs)
    several.compile(loss="binary_crossentropy")

    assert read_model(keras.Model(tensor, outputs[0])).loss is None
    assert read_model(several).loss is None
