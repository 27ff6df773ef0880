"""Two documents of two words, "very good" (1) and "very bad" (0)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from xlcheck.chapter.datasets.dataset import Dataset
from xlcheck.model.words import in_order, pad_front, split_words, vocabulary

DOCUMENTS = ("very good", "very bad")
LABELS = (1, 0)
BOOK_ORDER = ("very", "bad", "good")  # the codes behind the numbers that are in print: good is 3 and bad 2


def toy_codes() -> Dataset:
    """The same for a model that looks its words up itself: inputs of shape (2, 2), one code at each step."""
    data = toy()
    return replace(data, inputs=np.asarray(data.inputs)[..., 0])


def toy(order: Sequence[str] | None = None) -> Dataset:
    """The data of the lessons on SimpleRNN and LSTM.

    Args:
        order: words in the order of their codes, such as `BOOK_ORDER`; by frequency without it.

    Returns:
        Inputs of shape (2, 2, 1), the code of one word at each step; targets of shape (2, 1).
    """
    words = split_words(DOCUMENTS)
    codes = vocabulary(words) if order is None else in_order(words, order)
    padded = pad_front((codes.encode(document) for document in words), timesteps=2)
    return Dataset(
        name="toy",
        documents=DOCUMENTS,
        words=words,
        vocabulary=codes,
        inputs=padded[..., np.newaxis],
        targets=np.array(LABELS, dtype=np.float64)[:, np.newaxis],
        samples=DOCUMENTS,
    )
