"""`simple-rnn`: the documents “very good” and “very bad”, read by one recurrent unit."""

from __future__ import annotations

from typing import Any

from xlcheck.chapter.datasets.dataset import BOOK_ORDER, toy
from xlcheck.chapter.lessons.lesson import Book, Lesson, PrintedPrediction, printed
from xlcheck.chapter.lessons.toy import classifier
from xlcheck.layout.data.documents import documents_sheet
from xlcheck.model.keras_import import import_keras


def _model() -> Any:
    """One recurrent unit that reads two codes, and a sigmoid: shape (2, 1) → (1,)."""
    layers = import_keras().layers
    recurrent = layers.SimpleRNN(
        1, activation="tanh", recurrent_initializer="zeros", unroll=True, name="simple_rnn", dtype="float32"
    )
    return classifier("simple_rnn_model", recurrent)


LESSON = Lesson(
    name="simple-rnn",
    data=toy,
    model=_model,
    book=Book(
        lambda: toy(BOOK_ORDER),
        {
            "simple_rnn.kernel": printed([0.56373304]),
            "simple_rnn.recurrent_kernel": printed([-0.50989217]),
            "simple_rnn.bias": printed(-0.69803804),
            "dense.kernel": printed([0.5092683]),
            "dense.bias": printed(-0.27220774),
        },
        {
            "simple_rnn.kernel": "wxh",
            "simple_rnn.recurrent_kernel": "whh",
            "simple_rnn.bias": "bh",
            "dense.kernel": "why",
            "dense.bias": "by",
        },
        PrintedPrediction("very good", 0.53199273),
    ),
    data_page=documents_sheet,
)
