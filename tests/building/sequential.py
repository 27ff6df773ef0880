"""Small Keras models."""

from __future__ import annotations

from typing import Any

from xlcheck.model.keras_import import import_keras

keras: Any = import_keras()
L: Any = keras.layers


def sequential(shape: tuple[int, ...], *layers: Any, **compiled: Any) -> Any:
    """A model with weights of a fixed seed; compiled if anything is said for that."""
    keras.utils.set_random_seed(5)
    model = keras.Sequential([keras.Input(shape), *layers])
    if compiled:
        model.compile(**compiled)
    return model
