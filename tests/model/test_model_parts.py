"""Small parts of the reader of models: weights in other shapes, operations, optimisers, and values of options."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from xlcheck.errors import ModelError, NotSupportedError
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_layers import Folded, folded, own_variable, walk, weights_by_name
from xlcheck.model.keras_operations import kind_of, operations_of, read_operation
from xlcheck.model.keras_optimiser import frozen_weights, read_optimiser
from xlcheck.model.keras_reader import check_types
from xlcheck.model.option_values import missed, plain


class Variable:
    """As much of a Keras variable as the reader asks of it."""

    def __init__(self, array: np.ndarray, name: str = "kernel") -> None:
        self.array, self.shape, self.name = array, array.shape, name
        self.trainable, self.path = True, f"layer/{name}"

    def numpy(self) -> np.ndarray:
        return self.array

    def assign(self, array: np.ndarray) -> None:
        assert array.shape == self.shape
        self.array = array


KERNEL = np.random.default_rng(3).normal(size=(2, 3, 4, 5))
SHAPES = {
    "Conv2D": ((6, 4, 5), KERNEL.reshape(6, 4, 5)),
    "Conv2DTranspose": ((6, 5, 4), KERNEL.swapaxes(-1, -2).reshape(6, 5, 4)),
    "DepthwiseConv2D": ((6, 1, 20), KERNEL.reshape(6, 1, 20)),
}


@pytest.mark.parametrize("kind", SHAPES)
def test_a_kernel_is_read_place_by_place_and_goes_back_as_it_came(kind: str) -> None:
    """The places of a window stand row by row, then what they read, then the filters; assigned numbers find home."""
    variable = Variable(KERNEL)
    layer: Any = type(kind, (), {"weights": [variable]})()
    (own,) = weights_by_name(layer).values()

    assert isinstance(own, Folded)
    assert own.shape == SHAPES[kind][0]
    np.testing.assert_array_equal(own.numpy(), SHAPES[kind][1])
    np.testing.assert_array_equal(folded(own, KERNEL), SHAPES[kind][1])
    assert own_variable(own) is variable
    own.assign(own.numpy() + 1)
    np.testing.assert_array_equal(variable.array, KERNEL + 1)


def test_one_number_is_a_vector_and_counters_are_no_weights() -> None:
    """A weight without axes has the shape `(1,)`; what counts the samples of a training is left out."""
    layer = SimpleNamespace(weights=[Variable(np.array(2.0), "scale"), Variable(np.array(9.0), "count")])
    found = weights_by_name(layer)

    assert {name: weight.numpy().tolist() for name, weight in found.items()} == {"scale": [2.0]}


WHOLE = "whole number, nor several"


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("units", 3, None), ("units", 3.0, WHOLE), ("strides", [2, 1], None), ("strides", [2, 1.5], WHOLE),
        ("padding", "same", None), ("padding", [[1, 2], [0, 1]], None), ("pool_size", [], WHOLE),
        ("epsilon", 0.001, None), ("epsilon", [0.001], "number"), ("epsilon", None, "number"),
        ("max_value", None, None), ("scale", [0.5, 2], None), ("scale", "half", "number"), ("activation", "tanh", None),
    ],
)  # fmt: skip
def test_options_must_be_numbers_where_they_are(key: str, value: Any, expected: str | None) -> None:
    """Keras looks at few of its options, so that a file may say anything: sizes are whole, others are numbers."""
    assert missed(key, value) == expected


def test_options_become_plain_data() -> None:
    """Lists inside lists, and arrays as a file describes them; a function has no name that Keras knows."""
    described = {"class_name": "__numpy__", "config": {"value": [1, [2.5]]}}

    assert plain("d", "x", (1, described, None)) == [1, [1, [2.5]], None]
    with pytest.raises(NotSupportedError, match="'d': activation=own is not supported"):
        plain("d", "activation", {"class_name": "function", "config": "own"})


@pytest.mark.keras
def test_operations_are_read_like_layers() -> None:
    """What Keras notes between layers has the name of the function that makes it, and its constants as options."""
    keras: Any = import_keras()
    x = keras.Input((4, 3))
    model = keras.Model(x, keras.ops.mean(x[:, 1:] * 2.0, axis=1))
    specs = {kind_of(item): read_operation(item, "own") for item in operations_of(model)}

    assert specs["ops.get_item"].options["key"] == [[None, None, None], [1, None, None]]
    assert specs["ops.multiply"].options["x2"] == 2.0
    assert specs["ops.mean"].options["axis"] == 1


@pytest.mark.keras
def test_an_optimiser_is_read_with_what_it_keeps() -> None:
    """Settings as they were meant, steps made, and a slot for each weight that moves; options unknown are refused."""
    keras: Any = import_keras()
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, name="a"), keras.layers.Dense(1, name="b")])
    model.layers[0].trainable = False
    assert read_optimiser(model) is None
    model.compile(keras.optimizers.SGD(0.1, momentum=0.5), "mean_squared_error")
    model.train_on_batch(np.ones((1, 2)), np.ones((1, 1)))
    state = read_optimiser(model)

    assert state is not None
    assert (state.name, state.steps, state.settings["learning_rate"]) == ("SGD", 1, 0.1)
    assert state.slots.keys() == {"b.m_kernel", "b.m_bias"}
    assert frozen_weights(model) == ("a.kernel", "a.bias")
    assert [path for path, _ in walk(model)] == ["a", "b"]
    model.compile(keras.optimizers.SGD(0.1, clipvalue=1.0), "mean_squared_error")
    with pytest.raises(NotSupportedError, match=r"SGD with clipvalue=1\.0"):
        read_optimiser(model)


@pytest.mark.keras
def test_a_number_that_is_read_as_another_is_refused() -> None:
    """Whole numbers, and numbers in half precision, are only read where nothing is rounded."""
    model = SimpleNamespace(inputs=[SimpleNamespace(dtype="int32")])
    check_types(model, ["x"], [np.array([[2.0]])])
    with pytest.raises(ModelError, match=r"'x' holds 2\.5 for sample 2, .* take it for 2\.0"):
        check_types(model, ["x"], [np.array([[2.0], [2.5]])])
