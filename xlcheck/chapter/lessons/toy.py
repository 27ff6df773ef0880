"""What the lessons on “very good” and “very bad” share."""

from __future__ import annotations

from typing import Any

from xlcheck.chapter.lessons.lesson import CHECK
from xlcheck.model.keras_import import import_keras

DATA = "the documents, their words as integers, and the drop-down that chooses one"
READING = (
    "Choose a document on the sheet Data. Every number in this workbook follows.",
    "Follow the layers from left to right. On each sheet time runs to the right and one row is one number.",
    "Beside each number stand its symbol, its equation, a sentence on what it means, and its formula as text.",
    "Click a number to see the live formula; press F2 to see the cells that it reads.",
    CHECK,
)


def classifier(name: str, recurrent: Any) -> Any:
    """A recurrent layer that reads two codes, and a sigmoid: shape (2, 1) → (1,)."""
    keras = import_keras()
    model = keras.Sequential(
        [
            keras.Input((2, 1), dtype="float32", name="words"),
            recurrent,
            keras.layers.Dense(1, activation="sigmoid", name="dense", dtype="float32"),
        ],
        name=name,
    )
    model.compile(optimizer=keras.optimizers.Adam(name="adam"), loss="binary_crossentropy")
    return model
