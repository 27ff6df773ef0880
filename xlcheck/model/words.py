"""Words → integers → padded arrays: the steps that all text data sets share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xlcheck.arrays import Array
from xlcheck.errors import DataError

Words = tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """The words that have a code.

    Attributes:
        codes: word → code, from 1 in steps of 1; 0 is kept for padding.
        counts: word → how often it occurs, in the same order.
    """

    codes: Mapping[str, int]
    counts: Mapping[str, int]

    def __post_init__(self) -> None:
        if list(self.codes.values()) != list(range(1, len(self.codes) + 1)):
            raise DataError("the codes of a vocabulary must be 1, 2, 3, …; 0 is kept for padding")
        if list(self.codes) != list(self.counts):
            raise DataError("a vocabulary needs one count for each word, in the order of the codes")

    def __len__(self) -> int:
        return len(self.codes)

    def encode(self, words: Iterable[str]) -> tuple[int, ...]:
        """The code of each word.

        Raises:
            DataError: a word is not in the vocabulary.
        """
        words = tuple(words)
        unknown = [word for word in words if word not in self.codes]
        if unknown:
            raise DataError(
                f"{unknown[0]!r} is not in the vocabulary of {len(self)} words; known is {self._examples()}"
            )
        return tuple(self.codes[word] for word in words)

    def _examples(self) -> str:
        known = list(self.codes)
        return ", ".join(repr(word) for word in known[:5]) + (", …" if len(known) > 5 else "")


def split_words(documents: Iterable[str]) -> tuple[Words, ...]:
    """Each document's words, separated at white space."""
    return tuple(tuple(document.split()) for document in documents)


def vocabulary(documents: Iterable[Words]) -> Vocabulary:
    """Number the words by frequency, the most frequent first; ties in order of first appearance."""
    counts = Counter(word for words in documents for word in words)
    ranked = dict(counts.most_common())  # sorts stably, and a Counter remembers the order of first appearance
    return Vocabulary({word: code for code, word in enumerate(ranked, start=1)}, ranked)


def in_order(documents: Iterable[Words], order: Sequence[str]) -> Vocabulary:
    """Number the words in a given order instead of by frequency.

    Raises:
        DataError: `order` does not hold each word of the documents exactly once.
    """
    counts = Counter(word for words in documents for word in words)
    if sorted(order) != sorted(counts):
        raise DataError(f"the order {', '.join(order)} must name each of {', '.join(sorted(counts))} once")
    return Vocabulary({word: code for code, word in enumerate(order, start=1)}, {word: counts[word] for word in order})


def pad_front(codes: Iterable[Sequence[int]], timesteps: int) -> Array:
    """Codes as an array, with zeros in front of short documents, as Keras's `pad_sequences` does by default.

    Returns:
        Shape `(documents, timesteps)`.

    Raises:
        DataError: a document is longer than `timesteps`.
    """
    rows = []
    for number, row in enumerate(codes, start=1):
        if len(row) > timesteps:
            raise DataError(f"document {number} has {len(row)} words; at most {timesteps} fit")
        rows.append([0] * (timesteps - len(row)) + list(row))
    return np.array(rows, dtype=np.float64).reshape(len(rows), timesteps)


def one_hot(codes: Array, size: int) -> Array:
    """A vector for each code: 1 at position code − 1, 0 elsewhere; all zeros for code 0.

    Args:
        codes: any shape, values 0 … size.
        size: length of a vector.

    Returns:
        The shape of `codes` with one more axis of `size`.

    Raises:
        DataError: a code is outside 0 … size.
    """
    if codes.size and (codes.min() < 0 or codes.max() > size):
        raise DataError(f"codes must lie between 0 and {size}; these go from {codes.min():g} to {codes.max():g}")
    vectors: Array = np.vstack([np.zeros(size), np.eye(size)])[codes.astype(int)]
    return vectors
