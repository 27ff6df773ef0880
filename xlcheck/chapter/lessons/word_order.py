"""`word-order`: two sentences of the same words, which only a network with a memory can tell apart."""

from __future__ import annotations

from xlcheck.chapter.lessons.recipe import Lesson
from xlcheck.layout.draft import Draft
from xlcheck.layout.lesson_sheets.data import DataPlaces
from xlcheck.layout.lesson_sheets.sentences import sentences_sheet
from xlcheck.layout.lesson_sheets.start import Story

WORDS = ("this", "is", "an")


def _data(draft: Draft) -> DataPlaces:
    return sentences_sheet(draft, timesteps=3, vocabulary=WORDS)


WORD_ORDER = Lesson(
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
            "The sheet Check sets every number beside Keras's own. Change a weight, and it tells you that it no longer "
            "applies.",
        ),
    ),
    data_sheet=_data,
    data_page="the sentences as one-hot columns, their sums, and the drop-down that chooses one",
    layer_pages={
        "bag_of_words": "The average over all steps: which words are there, whatever their order.",
        "simple_rnn": "Two hidden units read one word after the other. What they keep of a word depends on what "
        "came before it.",
    },
    unit_names={"input.x": WORDS, "bag_of_words.y": WORDS},
)  # fmt: skip
