"""What every data set looks like once it is loaded."""

from __future__ import annotations

from dataclasses import dataclass

from xlcheck.arrays import Array
from xlcheck.errors import DataError
from xlcheck.model.words import Vocabulary, Words


@dataclass(frozen=True)
class Dataset:
    """Documents with their encoding; one sample a document.

    Attributes:
        name: the data set's name.
        documents: the texts.
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
