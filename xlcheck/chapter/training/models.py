"""The lessons' Keras models, untrained: the chapter's layers and options, with the names used on the sheets.

Every name is given, since Keras would count them up from model to model; the precision is given,
since a user's Keras configuration may set another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xlcheck.model.keras_import import import_keras


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


def word_order() -> Any:
    """Three one-hot words, averaged by one layer and read in order by another: shape (3, 3) → (3,), (2,)."""
    keras = import_keras()
    words = keras.Input((3, 3), dtype="float32", name="words")
    bag = keras.layers.GlobalAveragePooling1D(name="bag_of_words", dtype="float32")(words)
    state = keras.layers.SimpleRNN(2, name="simple_rnn", dtype="float32")(words)
    return keras.Model(words, [bag, state], name="word_order_model")


def architectures() -> Any:
    """Four tiny networks in one model: from one vector or three to one answer or three."""
    keras = import_keras()
    layers = keras.layers
    one = keras.Input((2,), dtype="float32", name="one")
    many = keras.Input((3, 2), dtype="float32", name="many")
    one_to_one = layers.Dense(2, activation="tanh", name="one_to_one", dtype="float32")(one)
    repeated = layers.RepeatVector(3, name="repeat", dtype="float32")(one)
    one_to_many = layers.SimpleRNN(2, return_sequences=True, name="one_to_many", dtype="float32")(repeated)
    many_to_one = layers.SimpleRNN(2, name="many_to_one", dtype="float32")(many)
    many_to_many = layers.SimpleRNN(2, return_sequences=True, name="many_to_many", dtype="float32")(many)
    return keras.Model([one, many], [one_to_one, one_to_many, many_to_one, many_to_many], name="architectures_model")


def encoder_decoder() -> Any:
    """An LSTM reads three letters; another, started from its states, writes them backwards: twice (3, 4) → (3, 4)."""
    keras = import_keras()
    layers = keras.layers
    word = keras.Input((3, 4), dtype="float32", name="word")
    shifted = keras.Input((3, 4), dtype="float32", name="shifted")
    encoder = layers.LSTM(4, return_state=True, name="encoder", dtype="float32")
    _, h, c = encoder(word)
    decoded = layers.LSTM(4, return_sequences=True, name="decoder", dtype="float32")(shifted, initial_state=[h, c])
    letters = layers.Dense(4, activation="softmax", name="letters", dtype="float32")(decoded)
    model = keras.Model([word, shifted], letters, name="encoder_decoder_model")
    model.compile(optimizer=keras.optimizers.Adam(0.05, name="adam"), loss="categorical_crossentropy")
    return model


MODELS: dict[str, Callable[[], Any]] = {
    "simple-rnn": simple_rnn,
    "lstm": lstm,
    "rnn-dimensions": rnn_dimensions,
    "gru": gru,
    "bidirectional": bidirectional,
    "embedding": embedding,
    "word-order": word_order,
    "architectures": architectures,
    "encoder-decoder": encoder_decoder,
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
