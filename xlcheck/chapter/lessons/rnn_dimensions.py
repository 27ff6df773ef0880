"""`rnn-dimensions`: a sentence of four words, each predicting the next; how all the shapes fit together."""

from __future__ import annotations

from xlcheck.chapter.lessons.recipe import Lesson
from xlcheck.layout.draft import Draft
from xlcheck.layout.lesson_sheets.data import DataPlaces
from xlcheck.layout.lesson_sheets.sentence import sentence_sheet
from xlcheck.layout.lesson_sheets.start import Story

WORDS = ("This", "is", "an", "example")


def _data(draft: Draft) -> DataPlaces:
    return sentence_sheet(draft, timesteps=len(WORDS), vocabulary=WORDS)


RNN_DIMENSIONS = Lesson(
    name="rnn-dimensions",
    story=Story(
        "The dimensions of a recurrent network",
        "Four words enter as one-hot columns of four numbers; a hidden state of three numbers carries the "
        "memory; at every step four probabilities say which word comes next. The kernel is 4 × 3, the recurrent "
        "kernel 3 × 3, the output kernel 3 × 4. Everything but these weights is a live formula, and every "
        "formula was compared with Keras.",
        (
            "The sheet Data turns the sentence into one-hot columns: what the network reads, and what it should "
            "answer.",
            "On each layer's sheet time runs to the right, units run down, and one row is one number.",
            "A one-hot column times the kernel simply picks one row of the kernel: the row of that word.",
            "Click a number to see the live formula; press F2 to see the cells that it reads.",
            "The sheet Check sets every number beside Keras's own. Change a weight, and it tells you that it no "
            "longer applies.",
        ),
    ),
    data_sheet=_data,
    data_page="the sentence, its words as one-hot columns, and the word that should come next",
    layer_pages={
        "simple_rnn": "Three hidden units read a one-hot word (4 numbers) and the memory of the step before (3 "
        "numbers).",
        "dense": "At every step the three hidden units become four probabilities, one for each word that could "
        "come next.",
    },
    book_names={"simple_rnn.kernel": "wxh", "simple_rnn.recurrent_kernel": "whh", "dense.kernel": "why"},
    unit_names={"input.x": WORDS, "dense.z": WORDS, "dense.y": WORDS, "target.y": WORDS},
)
