"""What the lessons on “very good” and “very bad” share."""

from __future__ import annotations

from typing import Any

from xlcheck.model.keras_import import import_keras


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
