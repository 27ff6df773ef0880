"""`word-order`: three sentences of the same words, which only a network with a memory can tell apart."""

from __future__ import annotations

from typing import Any

from xlcheck.chapter.datasets.dataset import Dataset
from xlcheck.chapter.lessons.lesson import Lesson
from xlcheck.layout.data.sentences import sentences_sheet
from xlcheck.model.encoding import in_order, one_hot, pad_front, split_words
from xlcheck.model.keras_import import import_keras

DOCUMENTS = ("this is an", "an is this", "is this an")
WORDS = ("this", "is", "an", "example")
"""The last one is not read: it is what should come next, and has a place in every vector."""


def word_order() -> Dataset:
    """The data of the lesson on word order: inputs of shape (3, 3, 4), one one-hot word at each step; no targets."""
    words = split_words(DOCUMENTS)
    codes = in_order((*words, WORDS[-1:]), WORDS)
    return Dataset(
        name="word-order",
        documents=DOCUMENTS,
        words=words,
        vocabulary=codes,
        inputs=one_hot(pad_front((codes.encode(document) for document in words), timesteps=3), size=len(WORDS)),
        targets=None,
        samples=DOCUMENTS,
    )


def _model() -> Any:
    """Three one-hot words, averaged by one layer and read in order by another: shape (3, 4) → (4,), (2,)."""
    keras = import_keras()
    words = keras.Input((3, 4), dtype="float32", name="words")
    bag = keras.layers.GlobalAveragePooling1D(name="bag_of_words", dtype="float32")(words)
    state = keras.layers.SimpleRNN(2, name="simple_rnn", dtype="float32")(words)
    return keras.Model(words, [bag, state], name="word_order_model")


LESSON = Lesson(
    name="word-order",
    data=word_order,
    model=_model,
    data_page=lambda draft, _: sentences_sheet(draft, WORDS, WORDS[-1]),
    unit_names={"input.x": WORDS, "bag_of_words.y": WORDS},
    side_by_side=True,
)
