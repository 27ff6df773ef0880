"""The same three words in three orders: nothing but the order tells them apart."""

from __future__ import annotations

from xlcheck.chapter.datasets.dataset import Dataset
from xlcheck.model.words import in_order, one_hot, pad_front, split_words

DOCUMENTS = ("this is an", "an is this", "is this an")
WORDS = ("this", "is", "an", "example")
"""The last one is not read: it is what should come next, and has a place in every vector."""


def word_order() -> Dataset:
    """The data of the lesson on word order: inputs of shape (3, 3, 4), one one-hot word at each step; no targets."""
    words = split_words(DOCUMENTS)
    codes = in_order((*words, WORDS[-1:]), WORDS)
    return Dataset(
        name="word-order",
        documents=DOCUMENTS,
        words=words,
        vocabulary=codes,
        inputs=one_hot(pad_front((codes.encode(document) for document in words), timesteps=3), size=len(WORDS)),
        targets=None,
        samples=DOCUMENTS,
    )
