"""ModelSpec → keras.Model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from xlcheck.errors import ModelError
from xlcheck.model.keras_builder import to_keras
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_reader import read_model, weights_of

pytestmark = pytest.mark.keras


def example(case: str) -> tuple[Any, tuple[int, ...]]:
    keras = import_keras()
    layers = keras.layers
    if case == "chain":
        model = keras.Sequential(
            [
                keras.Input((3, 2)),
                layers.SimpleRNN(4, activation="sigmoid", return_sequences=True, use_bias=False, name="rnn"),
                layers.LSTM(3, name="lstm"),
                layers.Dense(2, activation="softmax", name="dense"),
            ],
            name="chain",
        )
        model.compile(loss="categorical_crossentropy")
        return model, (5, 3, 2)
    tensor = keras.Input((2,))
    shared, between = layers.Dense(2, activation="tanh", name="shared"), layers.Dense(2, name="between")
    return keras.Model(tensor, [shared(between(shared(tensor))), between(tensor)], name="shared_twice"), (5, 2)


@pytest.mark.parametrize("case", ["chain", "shared"])
def test_there_and_back(case: str) -> None:
    """A model that is read and built again is read as the same spec and predicts the same, bit for bit."""
    model, shape = example(case)
    inputs = np.random.default_rng(1).normal(size=shape).astype("float32")
    built = to_keras(read_model(model), weights_of(model), dtype="float32")
    flatten = import_keras().tree.flatten

    assert read_model(built) == read_model(model)
    for actual, desired in zip(flatten(built(inputs)), flatten(model(inputs)), strict=True):
        assert np.array_equal(np.asarray(actual), np.asarray(desired))


def test_weights_are_not_rounded() -> None:
    """In float64 the built model holds the given weights to the last bit."""
    model, _ = example("chain")
    weights = {name: value + 1e-16 + np.pi * 1e-9 for name, value in weights_of(model).items()}
    built = weights_of(to_keras(read_model(model), weights))

    for name, value in weights.items():
        assert np.array_equal(built[name], value)


def test_missing_weight_is_named() -> None:
    """A weight that was not given is named."""
    model, _ = example("chain")
    weights = weights_of(model)
    del weights["lstm.bias"]

    with pytest.raises(ModelError, match=r"lstm\.bias is missing"):
        to_keras(read_model(model), weights)


def test_wrong_shape_is_named() -> None:
    """A weight of another shape is named with both shapes, not broadcast."""
    model, _ = example("chain")
    weights = weights_of(model) | {"dense.bias": np.zeros((1,))}

    with pytest.raises(ModelError, match=r"dense\.bias has shape \(1,\); \(2,\) is needed"):
        to_keras(read_model(model), weights)
