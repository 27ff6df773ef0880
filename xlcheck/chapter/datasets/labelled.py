"""Texts with a label, 0 or 1, and their division into training, validation and test parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlcheck.errors import DataError

Labels = NDArray[np.int32]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class LabelledTexts:
    """Texts and what people said about them.

    Attributes:
        labels: shape `(texts,)`, 0 (negative) or 1 (positive).
    """

    texts: tuple[str, ...]
    labels: Labels

    def __post_init__(self) -> None:
        if len(self.texts) != len(self.labels):
            raise DataError(f"{len(self.texts)} texts have {len(self.labels)} labels: each text needs one")
        require_both_classes(self.labels)


@dataclass(frozen=True)
class Split:
    """Which samples are for what; no sample is in two parts.

    Attributes:
        training: the model learns from these.
        validation: choices (when to stop, which settings) are made on these.
        test: looked at once, at the end.
    """

    training: Indices
    validation: Indices
    test: Indices

    def places(self) -> list[int]:
        """The place of each sample in the shuffled order, from 1: first the test part, then the others."""
        order = np.concatenate([self.test, self.validation, self.training])
        return [int(place) + 1 for place in order.argsort()]


TEST_SHARE = 0.3


def split(samples: int, seed: int, validation: float = 0.15) -> Split:
    """Divide samples at random; three tenths of them are for the test.

    Args:
        samples: how many there are.
        seed: of the shuffle.
        validation: share of the rest for the validation part.

    Raises:
        DataError: a part would be empty.
    """
    order = np.random.default_rng(seed).permutation(samples)
    tests = round(TEST_SHARE * samples)
    validations = round(validation * (samples - tests))
    parts = Split(order[tests + validations :], order[tests : tests + validations], order[:tests])
    if not (len(parts.training) and len(parts.test) and (len(parts.validation) or not validation)):
        raise DataError(f"{samples} samples are too few for a training, a validation and a test part: give more data")
    return parts


def require_both_classes(labels: Labels) -> None:
    """Refuse data from which nothing can be learned.

    Raises:
        DataError: there is no label at all, or only one kind.
    """
    present = sorted(set(labels.tolist()))
    if not present:
        raise DataError("there is no labelled text in the data: give at least one of each class")
    if len(present) == 1:
        raise DataError(f"every label is {present[0]}: a classifier needs texts labelled 0 and texts labelled 1")
