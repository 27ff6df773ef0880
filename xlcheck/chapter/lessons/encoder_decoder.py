"""`encoder-decoder`: one LSTM reads a word of three letters, another writes it backwards."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations
from typing import Any

import numpy as np

from xlcheck.arrays import Array
from xlcheck.chapter.datasets.dataset import Dataset
from xlcheck.chapter.lessons.lesson import Lesson
from xlcheck.layout.additions import Page
from xlcheck.layout.lesson_pages.feeding import NAME as FEEDING, Loop, feeding_sheet
from xlcheck.model.encoding import in_order
from xlcheck.model.keras_import import import_keras

LETTERS = ("start", "a", "b", "c")


def reversal() -> Dataset:
    """The data of the lesson on encoder and decoder.

    Returns:
        Inputs: the word, and the reversed word moved one step to the right behind a start sign, which is what
        the decoder is given while it learns; targets: the reversed word. All of shape (6, 3, 4), one-hot.
    """
    words = tuple(permutations(LETTERS[1:]))
    table = np.eye(len(LETTERS))

    def one_hot(sequences: list[tuple[str, ...]]) -> np.ndarray:
        return np.array([[table[LETTERS.index(letter)] for letter in sequence] for sequence in sequences])

    backwards = [word[::-1] for word in words]
    return Dataset(
        name="reversal",
        documents=tuple("".join(word) for word in words),
        words=words,
        vocabulary=in_order((LETTERS,), LETTERS),
        inputs=(one_hot(list(words)), one_hot([("start", *word[:-1]) for word in backwards])),
        targets=one_hot(backwards),
        samples=tuple(f"{''.join(word)} → {''.join(word[::-1])}" for word in words),
    )


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


_LOOP = Loop(("decoder", "letters"), "shifted.x", "letters.y")


def _fed(model: Any, _: int) -> Mapping[str, Array]:
    from xlcheck.chapter.training.further import fed_by_itself

    return fed_by_itself(model, reversal())


LESSON = Lesson(
    name="encoder-decoder",
    data=reversal,
    model=_model,
    further=_fed,
    pages=(Page(FEEDING, lambda draft, spec: feeding_sheet(draft, spec, _LOOP)),),
    unit_names=dict.fromkeys(("word.x", "shifted.x", "letters.z", "letters.y", "target.y"), LETTERS),
)
