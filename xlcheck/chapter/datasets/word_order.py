"""The same three words in two orders: nothing but the order tells them apart."""

from __future__ import annotations

from xlcheck.chapter.datasets.dataset import Dataset
from xlcheck.model.words import one_hot, pad_front, split_words, vocabulary

DOCUMENTS = ("this is an", "an is this")


def word_order() -> Dataset:
    """The data of the lesson on word order: inputs of shape (2, 3, 3), one one-hot word at each step; no targets."""
    words = split_words(DOCUMENTS)
    codes = vocabulary(words)
    return Dataset(
        name="word-order",
        documents=DOCUMENTS,
        words=words,
        vocabulary=codes,
        inputs=one_hot(pad_front((codes.encode(document) for document in words), timesteps=3), size=3),
        targets=None,
        samples=DOCUMENTS,
    )
