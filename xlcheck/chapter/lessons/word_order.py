"""`word-order`: three sentences of the same words, which only a network with a memory can tell apart."""

from __future__ import annotations

from typing import Any

from xlcheck.chapter.datasets.word_order import WORDS, word_order
from xlcheck.chapter.lessons.lesson import Lesson
from xlcheck.layout.data.sentences import sentences_sheet
from xlcheck.model.keras_import import import_keras


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
