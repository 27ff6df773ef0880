"""`lstm`: the same two documents, read by one LSTM unit, gate by gate."""

from __future__ import annotations

from typing import Any

from xlcheck.chapter.datasets.dataset import BOOK_ORDER, toy
from xlcheck.chapter.lessons.lesson import Book, Lesson, PrintedPrediction, printed
from xlcheck.chapter.lessons.toy import classifier
from xlcheck.layout.data.documents import documents_sheet
from xlcheck.model.keras_import import import_keras


def _model() -> Any:
    """One LSTM unit that reads two codes, and a sigmoid: shape (2, 1) → (1,)."""
    layers = import_keras().layers
    recurrent = layers.LSTM(
        1, activation="tanh", recurrent_activation="sigmoid", recurrent_initializer="zeros", unroll=True,
        name="lstm", dtype="float32",
    )  # fmt: skip
    return classifier("lstm_model", recurrent)


LESSON = Lesson(
    name="lstm",
    data=toy,
    model=_model,
    book=Book(
        lambda: toy(BOOK_ORDER),
        {
            "lstm.kernel": printed([-0.32939184, -0.9811073, -0.6059296, -0.33957732]),
            "lstm.recurrent_kernel": printed([-0.04132899, -0.71698403, 0.55261445, -0.37336]),
            "lstm.bias": printed(0.24954776, 1.6016548, -0.4455776, 0.26094177),
            "dense.kernel": printed([1.7236937]),
            "dense.bias": printed(0.24704114),
        },
        {
            "lstm.kernel": "wi, wf, wc, wo",
            "lstm.recurrent_kernel": "ui, uf, uc, uo",
            "lstm.bias": "bi, bf, bc, bo",
            "dense.kernel": "why",
            "dense.bias": "by",
        },
        PrintedPrediction("very bad", 0.47375038),
    ),
    data_page=documents_sheet,
)
