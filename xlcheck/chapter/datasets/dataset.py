"""What every data set looks like once it is loaded, and those of the lessons on toys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xlcheck.arrays import Array
from xlcheck.errors import DataError
from xlcheck.model.encoding import Vocabulary, Words, in_order, pad_front, split_words, vocabulary


@dataclass(frozen=True)
class Dataset:
    """Documents with their encoding; one sample a document.

    Attributes:
        words: the words of each document.
        vocabulary: the code of each word.
        inputs: `(samples, timesteps, features)`; a tuple of arrays for a model with several inputs.
        targets: `(samples, units)`, or `(samples, timesteps, units)` with an answer at each step; None if
            nothing is trained.
        samples: a short text for each sample.
        step_weights: `(samples, timesteps)`, how much each step's loss counts in training; None if all count.
    """

    name: str
    documents: tuple[str, ...]
    words: tuple[Words, ...]
    vocabulary: Vocabulary
    inputs: Array | tuple[Array, ...]
    targets: Array | None
    samples: tuple[str, ...]
    step_weights: Array | None = None

    def __post_init__(self) -> None:
        arrays = [*(self.inputs if isinstance(self.inputs, tuple) else (self.inputs,))]
        arrays += [] if self.targets is None else [self.targets]
        sizes = {len(self.documents), len(self.words), len(self.samples), *map(len, arrays)}
        if len(sizes) != 1:
            raise DataError(f"data set {self.name!r}: documents, inputs and targets differ in number: {sorted(sizes)}")


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
