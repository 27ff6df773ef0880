"""`word-order`: two sentences of the same words, which only a network with a memory can tell apart."""

from __future__ import annotations

from typing import Any

from xlcheck.chapter.datasets.word_order import word_order
from xlcheck.chapter.lessons.lesson import CHECK, Lesson
from xlcheck.layout.data.sentences import sentences_sheet
from xlcheck.layout.front import Story
from xlcheck.model.keras_import import import_keras

WORDS = ("this", "is", "an")


def _model() -> Any:
    """Three one-hot words, averaged by one layer and read in order by another: shape (3, 3) → (3,), (2,)."""
    keras = import_keras()
    words = keras.Input((3, 3), dtype="float32", name="words")
    bag = keras.layers.GlobalAveragePooling1D(name="bag_of_words", dtype="float32")(words)
    state = keras.layers.SimpleRNN(2, name="simple_rnn", dtype="float32")(words)
    return keras.Model(words, [bag, state], name="word_order_model")


LESSON = Lesson(
    name="word-order",
    story=Story(
        "Why order needs a memory",
        "“this is an” and “an is this” hold the same words. Add up their one-hot codes, or average them, and "
        "nothing is left that tells the two apart. A recurrent layer reads one word after the other, and its "
        "last hidden state is not the same. The weights were drawn in Keras from a seed and not trained: memory "
        "alone is enough.",
        (
            "Choose a sentence on the sheet Data, and look at the sum beside its one-hot columns.",
            "The sheet bag_of_words averages the columns: each of the three numbers is ⅓ for both sentences.",
            "The sheet simple_rnn reads the same columns from left to right. Watch the last hidden state.",
            "The sheet Documents sets both sentences side by side: equal averages above, different states below.",
            CHECK,
        ),
    ),
    sentences={
        "bag_of_words": "The average over all steps: which words are there, whatever their order.",
        "simple_rnn": "Two hidden units read one word after the other. What they keep of a word depends on what "
        "came before it.",
    },
    data=word_order,
    model=_model,
    data_page=lambda draft, _: sentences_sheet(draft, WORDS),
    data_sentence="the sentences as one-hot columns, their sums, and the drop-down that chooses one",
    unit_names={"input.x": WORDS, "bag_of_words.y": WORDS},
    side_by_side=True,
)
