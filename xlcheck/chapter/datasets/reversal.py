"""Words of three letters, to be written backwards: the smallest translation."""

from __future__ import annotations

from itertools import permutations

import numpy as np

from xlcheck.chapter.datasets.dataset import Dataset
from xlcheck.model.words import in_order

LETTERS = ("start", "a", "b", "c")


def reversal() -> Dataset:
    """The data of the lesson on encoder and decoder.

    Returns:
        Inputs: the word, and the reversed word moved one step to the right behind a start sign, which is what
        the decoder is given while it learns; targets: the reversed word. All of shape (6, 3, 4), one-hot.
    """
    words = tuple(permutations(LETTERS[1:]))
    table = np.eye(len(LETTERS))

    def one_hot(sequences: list[tuple[str, ...]]) -> np.ndarray:
        return np.array([[table[LETTERS.index(letter)] for letter in sequence] for sequence in sequences])

    backwards = [word[::-1] for word in words]
    return Dataset(
        name="reversal",
        documents=tuple("".join(word) for word in words),
        words=words,
        vocabulary=in_order((LETTERS,), LETTERS),
        inputs=(one_hot(list(words)), one_hot([("start", *word[:-1]) for word in backwards])),
        targets=one_hot(backwards),
        samples=tuple(f"{''.join(word)} → {''.join(word[::-1])}" for word in words),
    )
