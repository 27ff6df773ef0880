"""How good a classifier is on a part of the data: accuracy, confusion matrix, area under the ROC curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlcheck.chapter.datasets.labelled import Labels

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Evaluation:
    """What a classifier got right.

    Attributes:
        confusion: `confusion[actual][predicted]`, counts of samples of classes 0 and 1.
        auc: area under the ROC curve: how often a positive sample scores above a negative one.
    """

    confusion: tuple[tuple[int, int], tuple[int, int]]
    auc: float

    @property
    def samples(self) -> int:
        """How many samples there were."""
        return sum(map(sum, self.confusion))

    @property
    def accuracy(self) -> float:
        """Share of samples with the right answer."""
        return (self.confusion[0][0] + self.confusion[1][1]) / self.samples

    @property
    def majority_class(self) -> int:
        """The more frequent class."""
        negative, positive = map(sum, self.confusion)
        return int(positive > negative)

    @property
    def majority(self) -> float:
        """The accuracy of always answering with the more frequent class: what every figure must be held against."""
        return sum(self.confusion[self.majority_class]) / self.samples


@dataclass(frozen=True)
class Spread:
    """Figures of several runs: mean, sample standard deviation (0 for one run), smallest and largest."""

    mean: float
    deviation: float
    smallest: float
    largest: float


def evaluate(scores: Floats, labels: Labels) -> Evaluation:
    """Judge scores against labels.

    Args:
        scores: probability of class 1, shape `(samples,)`; from 0.5 on the answer is 1.
        labels: 0 or 1, shape `(samples,)`, both of them present.
    """
    predicted = scores >= 0.5
    counts = np.zeros((2, 2), dtype=int)
    np.add.at(counts, (labels, predicted.astype(int)), 1)
    (a, b), (c, d) = counts.tolist()
    return Evaluation(((a, b), (c, d)), roc_auc(scores, labels))


def roc_auc(scores: Floats, labels: Labels) -> float:
    """Area under the ROC curve by ranks, ties counted half.

    Source: Hanley and McNeil, "The meaning and use of the area under a receiver operating characteristic (ROC)
    curve", Radiology 143 (1982): the area is the Mann-Whitney statistic divided by the number of pairs.
    """
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks = (last - (counts - 1) / 2)[inverse]
    positive = labels == 1
    p, n = int(positive.sum()), int((~positive).sum())
    return float((ranks[positive].sum() - p * (p + 1) / 2) / (p * n))


def spread(values: list[float]) -> Spread:
    """Mean and spread of one figure over several runs."""
    deviation = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return Spread(float(np.mean(values)), deviation, min(values), max(values))
