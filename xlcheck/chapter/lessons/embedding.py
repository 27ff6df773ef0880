"""`embedding`: the same two documents, whose words become vectors of two numbers."""

from __future__ import annotations

from typing import Any

from xlcheck.chapter.datasets.dataset import toy_codes
from xlcheck.chapter.lessons.lesson import Lesson
from xlcheck.layout.additions import Page
from xlcheck.layout.data.documents import documents_sheet
from xlcheck.layout.lesson_pages.parameters import NAME as PARAMETERS, parameters_sheet
from xlcheck.layout.lesson_pages.word_vectors import NAME as WORD_VECTORS, word_vectors_sheet
from xlcheck.model.keras_import import import_keras

WORDS = ("(no word)", "very", "good", "bad")


def _model() -> Any:
    """Three words as vectors of two numbers, one recurrent unit, a sigmoid: shape (2,) → (1,)."""
    keras = import_keras()
    model = keras.Sequential(
        [
            keras.Input((2,), dtype="float32", name="words"),
            keras.layers.Embedding(4, 2, name="embedding", dtype="float32"),
            keras.layers.SimpleRNN(1, recurrent_initializer="zeros", name="simple_rnn", dtype="float32"),
            keras.layers.Dense(1, activation="sigmoid", name="dense", dtype="float32"),
        ],
        name="embedding_model",
    )
    model.compile(optimizer=keras.optimizers.Adam(name="adam"), loss="binary_crossentropy")
    return model


LESSON = Lesson(
    name="embedding",
    data=toy_codes,
    model=_model,
    data_page=documents_sheet,
    unit_names={"embedding.embeddings": WORDS},
    pages=(
        Page(WORD_VECTORS, lambda draft, _: word_vectors_sheet(draft, "embedding.embeddings", WORDS)),
        Page(PARAMETERS, lambda draft, _: parameters_sheet(draft, here=(4, 2, 1), chapter=(12_680, 32, 1))),
    ),
)
