"""Four examples for each of four small networks: a picture, a review, and a sentence to translate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from xlcheck.chapter.datasets.dataset import Dataset
from xlcheck.model.model_spec import Array
from xlcheck.model.words import in_order

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
