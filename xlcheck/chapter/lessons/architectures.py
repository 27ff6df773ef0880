"""`architectures`: from one vector or many to one answer or many."""

from __future__ import annotations

from typing import Any

from xlcheck.chapter.datasets.architectures import architectures
from xlcheck.chapter.lessons.lesson import Lesson
from xlcheck.model.keras_import import import_keras


def _model() -> Any:
    """Four tiny networks in one model: from one vector or three to one answer or three."""
    keras = import_keras()
    layers = keras.layers
    one = keras.Input((2,), dtype="float32", name="one")
    many = keras.Input((3, 2), dtype="float32", name="many")
    one_to_one = layers.Dense(2, activation="tanh", name="one_to_one", dtype="float32")(one)
    repeated = layers.RepeatVector(3, name="repeat", dtype="float32")(one)
    one_to_many = layers.SimpleRNN(2, return_sequences=True, name="one_to_many", dtype="float32")(repeated)
    many_to_one = layers.SimpleRNN(2, name="many_to_one", dtype="float32")(many)
    many_to_many = layers.SimpleRNN(2, return_sequences=True, name="many_to_many", dtype="float32")(many)
    return keras.Model([one, many], [one_to_one, one_to_many, many_to_one, many_to_many], name="architectures_model")


LESSON = Lesson(
    name="architectures",
    data=architectures,
    model=_model,
)
