"""The lessons' Keras models, untrained: the chapter's layers and options, with the names used on the sheets.

Every name is given, since Keras would count them up from model to model; the precision is given,
since a user's Keras configuration may set another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xlcheck.spec.keras_import import import_keras


def simple_rnn() -> Any:
    """One recurrent unit that reads two codes, and a sigmoid: shape (2, 1) → (1,)."""
    layers = import_keras().layers
    recurrent = layers.SimpleRNN(
        1, activation="tanh", recurrent_initializer="zeros", unroll=True, name="simple_rnn", dtype="float32"
    )
    return _classifier("simple_rnn_model", recurrent)


def lstm() -> Any:
    """One LSTM unit that reads two codes, and a sigmoid: shape (2, 1) → (1,)."""
    layers = import_keras().layers
    recurrent = layers.LSTM(
        1, activation="tanh", recurrent_activation="sigmoid", recurrent_initializer="zeros", unroll=True,
        name="lstm", dtype="float32",
    )  # fmt: skip
    return _classifier("lstm_model", recurrent)


def rnn_dimensions() -> Any:
    """Three recurrent units that read four one-hot words and name the next: shape (4, 4) → (4, 4)."""
    keras = import_keras()
    model = keras.Sequential(
        [
            keras.Input((4, 4), dtype="float32", name="words"),
            keras.layers.SimpleRNN(3, return_sequences=True, use_bias=False, name="simple_rnn", dtype="float32"),
            keras.layers.Dense(4, use_bias=False, activation="softmax", name="dense", dtype="float32"),
        ],
        name="rnn_dimensions_model",
    )
    # Ten times the usual rate, so that 500 epochs are enough to learn the sentence by heart.
    model.compile(optimizer=keras.optimizers.Adam(0.01, name="adam"), loss="categorical_crossentropy")
    return model


def gru() -> Any:
    """One GRU unit that reads two codes, and a sigmoid: shape (2, 1) → (1,)."""
    layers = import_keras().layers
    return _classifier("gru_model", layers.GRU(1, recurrent_initializer="zeros", name="gru", dtype="float32"))


def bidirectional() -> Any:
    """Two recurrent units, one for each direction, and a sigmoid: shape (2, 1) → (1,)."""
    layers = import_keras().layers
    inner = layers.SimpleRNN(1, recurrent_initializer="zeros", name="simple_rnn", dtype="float32")
    return _classifier("bidirectional_model", layers.Bidirectional(inner, name="bidirectional", dtype="float32"))


def embedding() -> Any:
    """Three words as vectors of two numbers, one recurrent unit, a sigmoid: shape (2,) → (1,)."""
    keras = import_keras()
    model = keras.Sequential(
        [
            keras.Input((2,), dtype="float32", name="words"),
            keras.layers.Embedding(4, 2, name="embedding", dtype="float32"),
            keras.layers.SimpleRNN(1, recurrent_initializer="zeros", name="simple_rnn", dtype="float32"),
            keras.layers.Dense(1, activation="sigmoid", name="dense", dtype="float32"),
        ],
        name="embedding_model",
    )
    model.compile(optimizer=keras.optimizers.Adam(name="adam"), loss="binary_crossentropy")
    return model


MODELS: dict[str, Callable[[], Any]] = {
    "simple-rnn": simple_rnn,
    "lstm": lstm,
    "rnn-dimensions": rnn_dimensions,
    "gru": gru,
    "bidirectional": bidirectional,
    "embedding": embedding,
}


def _classifier(name: str, recurrent: Any) -> Any:
    keras = import_keras()
    model = keras.Sequential(
        [
            keras.Input((2, 1), dtype="float32", name="words"),
            recurrent,
            keras.layers.Dense(1, activation="sigmoid", name="dense", dtype="float32"),
        ],
        name=name,
    )
    model.compile(optimizer=keras.optimizers.Adam(name="adam"), loss="binary_crossentropy")
    return model
