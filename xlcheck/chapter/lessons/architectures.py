"""`architectures`: from one vector or many to one answer or many."""

from __future__ import annotations

from typing import Any

from xlcheck.chapter.datasets.architectures import architectures
from xlcheck.chapter.lessons.lesson import CHECK, Lesson
from xlcheck.layout.front import Story
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
    story=Story(
        "One or many: four ways to use a recurrent layer",
        "One vector in, one out, with no memory at all. One in, many out: a picture that becomes a sentence. "
        "Many in, one out: a review that becomes a verdict. Many in, many out: a sentence whose every word gets "
        "a label. Here are all four, two units each, with weights drawn in Keras from a seed, as live formulas.",
        (
            "The picture shows the four networks and what each of them reads. Click a box to see its numbers.",
            "On each sheet time runs to the right. A network with many answers has one in every column.",
            "Choose another example on the sheet Inputs, or change its numbers: every network follows.",
            CHECK,
        ),
    ),
    sentences={
        "one_to_one": "One to one: a dense layer answers once and remembers nothing.",
        "repeat": "The one vector is shown again at every step, so that the next layer has something to read.",
        "one_to_many": "One to many: at every step the layer sees the same vector and its own memory, and answers.",
        "many_to_one": "Many to one: the layer reads step after step; only its last hidden state is the answer.",
        "many_to_many": "Many to many: the layer reads step after step, and every hidden state is an answer.",
    },
    data=architectures,
    model=_model,
)
