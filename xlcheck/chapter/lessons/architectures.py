"""`architectures`: from one vector or many to one answer or many, with an example each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xlcheck.arrays import Array
from xlcheck.chapter.datasets.dataset import Dataset
from xlcheck.chapter.lessons.lesson import Lesson
from xlcheck.model.encoding import in_order
from xlcheck.model.keras_import import import_keras
from xlcheck.progress import Progress

PIXELS = ("upper left", "upper right", "lower left", "lower right")
PLACES = ("top", "bottom", "left", "right")
CAPTION_WORDS = ("bright", "at", *PLACES)
REVIEW_WORDS = ("not", "so", "very", "good", "bad")
ENGLISH = ("I", "we", "see", "you", "him")
GERMAN = ("ich", "wir", "sehe", "sehen", "dich", "ihn")
_PICTURES = ((1, 1, 0, 0), (0, 0, 1, 1), (1, 0, 1, 0), (0, 1, 0, 1))
_REVIEWS = (("not so good", 0), ("very very good", 1), ("not so bad", 1), ("very very bad", 0))
_SENTENCES = (
    ("I see you", "ich sehe dich"),
    ("we see you", "wir sehen dich"),
    ("I see him", "ich sehe ihn"),
    ("we see him", "wir sehen ihn"),
)


@dataclass(frozen=True)
class Examples:
    """What the four networks read, and what they should answer.

    Attributes:
        inputs: pictures `(4, 4)`, reviews `(4, 3, 5)` and sentences `(4, 3, 5)`, words as one-hot vectors.
        targets: the bright side `(4, 4)`, the caption `(4, 3, 6)`, whether the review is good `(4, 1)`, and the
            translation `(4, 3, 6)`.
    """

    inputs: tuple[Array, ...]
    targets: tuple[Array, ...]


def examples() -> Examples:
    """All of them."""
    captions = [f"bright at {place}" for place in PLACES]
    return Examples(
        (
            np.array(_PICTURES, dtype=np.float64),
            _one_hot([text for text, _ in _REVIEWS], REVIEW_WORDS),
            _one_hot([text for text, _ in _SENTENCES], ENGLISH),
        ),
        (
            np.eye(len(PLACES)),
            _one_hot(captions, CAPTION_WORDS),
            np.array([[float(good)] for _, good in _REVIEWS]),
            _one_hot([text for _, text in _SENTENCES], GERMAN),
        ),
    )


def architectures() -> Dataset:
    """The data of the lesson on architectures; its four targets are with `examples`."""
    names = tuple(
        f"bright at {place} · {review} · {sentence}"
        for place, (review, _), (sentence, _) in zip(PLACES, _REVIEWS, _SENTENCES, strict=True)
    )
    return Dataset(
        name="architectures",
        documents=names,
        words=((),) * len(names),
        vocabulary=in_order((), ()),
        inputs=examples().inputs,
        targets=None,
        samples=names,
    )


def _one_hot(texts: Sequence[str], words: Sequence[str]) -> Array:
    """Shape `(texts, words of a text, words known)`."""
    return np.array([np.eye(len(words))[[words.index(word) for word in text.split()]] for text in texts])


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
