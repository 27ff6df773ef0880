"""`architectures`: from one vector or many to one answer or many, with an example each."""

from __future__ import annotations

from typing import Any

from xlcheck.chapter.datasets.architectures import (
    CAPTION_WORDS,
    ENGLISH,
    GERMAN,
    PIXELS,
    PLACES,
    REVIEW_WORDS,
    architectures,
    examples,
)
from xlcheck.chapter.lessons.lesson import Lesson
from xlcheck.model.keras_import import import_keras
from xlcheck.progress import Progress


def _model() -> Any:
    """Four networks in one model: shapes (4,), (3, 5), (3, 5) → (4,), (3, 6), (1,), (3, 6)."""
    keras = import_keras()
    layers = keras.layers
    picture = keras.Input((4,), dtype="float32", name="pixels")
    review = keras.Input((3, 5), dtype="float32", name="review")
    english = keras.Input((3, 5), dtype="float32", name="english")
    one_to_one = layers.Dense(4, activation="softmax", name="one_to_one", dtype="float32")(picture)
    repeated = layers.RepeatVector(3, name="repeat", dtype="float32")(picture)
    one_to_many = layers.SimpleRNN(6, return_sequences=True, name="one_to_many", dtype="float32")(repeated)
    caption = layers.Dense(6, activation="softmax", name="caption", dtype="float32")(one_to_many)
    many_to_one = layers.SimpleRNN(3, name="many_to_one", dtype="float32")(review)
    verdict = layers.Dense(1, activation="sigmoid", name="verdict", dtype="float32")(many_to_one)
    many_to_many = layers.SimpleRNN(4, return_sequences=True, name="many_to_many", dtype="float32")(english)
    german = layers.Dense(6, activation="softmax", name="german", dtype="float32")(many_to_many)
    answers = [one_to_one, caption, verdict, german]
    return keras.Model([picture, review, english], answers, name="architectures_model")


def _train(seed: int, epochs: int, progress: Progress | None) -> tuple[Any, tuple[float, ...]]:
    """The four are trained together; as none reads another one's numbers, each learns by itself."""
    from xlcheck.chapter.training.fit import fit, set_seed

    keras = import_keras()
    set_seed(seed)
    model = _model()
    losses = ["categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy", "categorical_crossentropy"]
    model.compile(optimizer=keras.optimizers.Adam(0.02, name="adam"), loss=losses)
    data = examples()
    history = fit(model, list(data.inputs), list(data.targets), epochs, progress)
    trained = _model()
    trained.set_weights(model.get_weights())
    return trained, history


LESSON = Lesson(
    name="architectures",
    data=architectures,
    train=_train,
    unit_names={
        "pixels.x": PIXELS, "repeat.y": PIXELS,
        "one_to_one.z": PLACES, "one_to_one.y": PLACES,
        "caption.z": CAPTION_WORDS, "caption.y": CAPTION_WORDS,
        "review.x": REVIEW_WORDS, "english.x": ENGLISH,
        "german.z": GERMAN, "german.y": GERMAN,
    },
)  # fmt: skip
