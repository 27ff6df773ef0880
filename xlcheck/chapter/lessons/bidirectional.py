"""`bidirectional`: the same two documents, read from the left and from the right."""

from __future__ import annotations

from typing import Any

from xlcheck.chapter.datasets.toy import toy
from xlcheck.chapter.lessons.lesson import CHECK, Lesson
from xlcheck.chapter.lessons.toy import DATA, classifier
from xlcheck.layout.data.documents import documents_sheet
from xlcheck.layout.front import Story
from xlcheck.model.keras_import import import_keras


def _model() -> Any:
    """Two recurrent units, one for each direction, and a sigmoid: shape (2, 1) → (1,)."""
    layers = import_keras().layers
    inner = layers.SimpleRNN(1, recurrent_initializer="zeros", name="simple_rnn", dtype="float32")
    return classifier("bidirectional_model", layers.Bidirectional(inner, name="bidirectional", dtype="float32"))


LESSON = Lesson(
    name="bidirectional",
    story=Story(
        "Reading in both directions",
        "Two SimpleRNNs with one unit each read the same two words, one from the left and one from the right; "
        "the output layer sees both of their last states. The model was trained in Keras; everything but its "
        "weights is a live formula here, and every formula was compared with Keras.",
        (
            "Choose a document on the sheet Data. Every number in this workbook follows.",
            "On the sheet bidirectional, the forward layer starts at the first word and the backward layer at "
            "the last one.",
            "So the backward layer's last state, the one that is passed on, stands in the column of the first word.",
            "Click a number to see the live formula; press F2 to see the cells that it reads.",
            CHECK,
        ),
    ),
    sentences={
        "bidirectional": "One layer reads from the first word to the last, another from the last to the first. "
        "Each starts with an empty memory, and both last states stand side by side in the output.",
        "dense": "Both last states become one number between 0 and 1: how sure the network is that the document "
        "is good.",
    },
    data=toy,
    model=_model,
    data_page=documents_sheet,
    data_sentence=DATA,
)
