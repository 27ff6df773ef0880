"""`encoder-decoder`: one LSTM reads a word of three letters, another writes it backwards."""

from __future__ import annotations

from typing import Any

from xlcheck.chapter.datasets.reversal import reversal
from xlcheck.chapter.lessons.lesson import CHECK, Lesson
from xlcheck.layout.front import Story
from xlcheck.model.keras_import import import_keras

LETTERS = ("start", "a", "b", "c")


def _model() -> Any:
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


LESSON = Lesson(
    name="encoder-decoder",
    story=Story(
        "Encoder and decoder: three letters, written backwards",
        "One LSTM reads a word of three letters and answers nothing: all it hands on is its two states. Another "
        "LSTM starts from these states and writes the letters in reverse, one a step. Both were trained "
        "together in Keras, on all six words of the letters a, b and c; everything but their weights is a live "
        "formula here.",
        (
            "Choose a word on the sheet Inputs. Letters are one-hot vectors in the order start, a, b, c.",
            "Follow the encoder to its last step: the states h and c there are all that the decoder knows of the word.",
            "The decoder's states before its first step are the encoder's last ones. Click them to see the formula.",
            "While it learns, the decoder is given the right letter of the step before, behind a start sign: "
            "its second input.",
            "On the sheet letters the largest of the four numbers of each step is the letter that is written.",
            CHECK,
        ),
    ),
    sentences={
        "encoder": "Reads the word, one letter a step. Only its last hidden state and its last cell state are used.",
        "decoder": "Starts from the encoder's states; reads at each step the letter that was written before.",
        "letters": "Four probabilities a step: which of start, a, b and c comes next.",
    },
    data=reversal,
    model=_model,
    unit_names=dict.fromkeys(("word.x", "shifted.x", "letters.z", "letters.y", "target.y"), LETTERS),
)
