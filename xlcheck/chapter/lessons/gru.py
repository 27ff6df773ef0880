"""`gru`: the same two documents, read by one GRU unit."""

from __future__ import annotations

from typing import Any

from xlcheck.chapter.datasets.toy import toy
from xlcheck.chapter.lessons.lesson import Lesson
from xlcheck.chapter.lessons.toy import DATA, READING, classifier
from xlcheck.layout.data.documents import documents_sheet
from xlcheck.layout.front import Story
from xlcheck.model.keras_import import import_keras


def _model() -> Any:
    """One GRU unit that reads two codes, and a sigmoid: shape (2, 1) → (1,)."""
    layers = import_keras().layers
    return classifier("gru_model", layers.GRU(1, recurrent_initializer="zeros", name="gru", dtype="float32"))


LESSON = Lesson(
    name="gru",
    story=Story(
        "A gated recurrent unit, gate by gate",
        "A GRU with one unit reads two words, one after the other, and says whether the document is good (1) or "
        "bad (0). It has one memory where the LSTM has two, and two gates where the LSTM has three. It was "
        "trained in Keras; everything but its weights is a live formula here, and every formula was compared "
        "with Keras.",
        READING,
    ),
    sentences={
        "gru": "The reset gate decides how much of the old state the candidate may see, the update gate how "
        "much of it is kept. Keras applies the reset gate after the product with the recurrent kernel, and so "
        "has two rows of biases.",
        "dense": "The last hidden state becomes one number between 0 and 1: how sure the network is that the "
        "document is good.",
    },
    data=toy,
    model=_model,
    data_page=documents_sheet,
    data_sentence=DATA,
)
