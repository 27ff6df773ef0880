"""What the lessons on “very good” and “very bad” share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from xlcheck.model.keras_import import import_keras


def classifier(name: str, recurrent: Any, *, activation: str = "sigmoid", loss: str = "binary_crossentropy") -> Any:
    """A recurrent layer that reads two codes, and a sigmoid: shape (2, 1) → (1,)."""
    keras = import_keras()
    dense = keras.layers.Dense(1, activation=activation, name="dense", dtype="float32")
    model = keras.Sequential([keras.Input((2, 1), dtype="float32", name="words"), recurrent, dense], name=name)
    model.compile(optimizer=keras.optimizers.Adam(name="adam"), loss=loss)
    return model


def by_hand(name: str, recurrent: Any, weights: Sequence[Any]) -> Any:
    """A recurrent layer that reads two codes, and a weighted sum, with weights that are set: shape (2, 1) → (1,)."""
    model = classifier(name, recurrent, activation="linear", loss="mean_squared_error")
    model.set_weights([np.array(array, dtype=np.float32) for array in weights])
    return model
