"""The states from which recurrent layers start."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from xlcheck.errors import ModelError
from xlcheck.model.keras_import import import_keras
from xlcheck.oracle.record import record

pytestmark = pytest.mark.keras

keras: Any = import_keras()
L: Any = keras.layers
X = np.random.default_rng(0).normal(size=(2, 3, 4))


def stateful() -> Any:
    return keras.Sequential(
        [keras.Input(batch_shape=(2, 3, 4)), L.LSTM(2, stateful=True, return_sequences=True, name="lstm")]
    )


def test_stateful_layer_starts_from_the_state_it_is_in() -> None:
    """After a first batch the second one is recorded as Keras would go on; the model's own state is not touched."""
    model = stateful()
    model(X, training=False)
    state = [np.asarray(value) for value in model.layers[0].states]
    trace = record(model, X, dtype="float32")

    np.testing.assert_allclose(trace["lstm.h_init"], state[0])
    np.testing.assert_allclose(trace["lstm.c_init"], state[1])
    assert all(np.array_equal(a, np.asarray(b)) for a, b in zip(state, model.layers[0].states, strict=True))
    np.testing.assert_allclose(trace["lstm.h[2]"], np.asarray(model(X, training=False))[:, 2], rtol=1e-6)


def test_given_state_wins() -> None:
    """A state that is given is used instead."""
    given = {"lstm.h_init": np.full((2, 2), 0.25), "lstm.c_init": np.full((2, 2), -0.5)}

    assert (record(stateful(), X, initial_states=given)["lstm.c_init"] == -0.5).all()


def test_wrong_size_of_batch_is_refused() -> None:
    """A stateful model reads batches of one size."""
    with pytest.raises(ModelError, match="reads batches of 2 samples, as stateful layers need; there are 1"):
        record(stateful(), X[:1])


def shared() -> Any:
    a, b = keras.Input((3, 4)), keras.Input((3, 4))
    layer = L.GRU(2, name="gru")
    return keras.Model([a, b], L.Add()([layer(a), layer(b)]))


def test_calls_of_a_shared_layer_start_alike() -> None:
    """Both calls begin with the given state; two different ones cannot be given to Keras."""
    first = np.full((2, 2), 0.25)
    trace = record(shared(), [X, X + 1], initial_states={"gru.h_init": first, "gru#2.h_init": first})
    assert (trace["gru#2.h_init"] == 0.25).all()

    with pytest.raises(ModelError, match="layer 'gru' is called several times and must start from the same states"):
        record(shared(), [X, X + 1], initial_states={"gru.h_init": first, "gru#2.h_init": -first})


def test_state_of_an_unknown_layer_is_refused() -> None:
    """A misspelt name is not ignored."""
    with pytest.raises(ModelError, match=r"has no initial state grus\.h_init"):
        record(shared(), [X, X], initial_states={"grus.h_init": np.zeros((2, 2))})
