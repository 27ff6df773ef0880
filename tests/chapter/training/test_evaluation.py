"""Accuracy, confusion matrix and the area under the ROC curve."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from xlcheck.chapter.training.evaluation import evaluate, roc_auc, spread

scored = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 1)), min_size=2, max_size=40).filter(
    lambda pairs: len({label for _, label in pairs}) == 2
)


@given(scored)
def test_area_is_the_share_of_pairs_in_the_right_order(pairs: list[tuple[int, int]]) -> None:
    """By definition: how often a positive sample scores above a negative one, ties counted half."""
    positive = [score for score, label in pairs if label]
    negative = [score for score, label in pairs if not label]
    wins = sum((p > n) + (p == n) / 2 for p in positive for n in negative)
    scores, labels = (np.array(column) for column in zip(*pairs, strict=True))

    assert roc_auc(scores / 4, labels) == pytest.approx(wins / (len(positive) * len(negative)), abs=1e-12)


def test_confusion_counts_actual_by_predicted() -> None:
    """Rows are what a sample is, columns what was answered; 0.5 counts as positive."""
    result = evaluate(np.array([0.1, 0.7, 0.5, 0.2, 0.9]), np.array([0, 0, 1, 1, 1], dtype=np.int32))

    assert result.confusion == ((1, 1), (1, 2))
    assert result.samples == 5
    assert result.accuracy == 3 / 5


@pytest.mark.parametrize(("labels", "majority", "share"), [([0, 0, 0, 1], 0, 0.75), ([0, 1, 1, 1, 1], 1, 0.8)])
def test_majority(labels: list[int], majority: int, share: float) -> None:
    """What always giving the more frequent answer would reach does not depend on the model."""
    result = evaluate(np.zeros(len(labels)), np.array(labels, dtype=np.int32))

    assert (result.majority_class, result.majority) == (majority, share)


def test_spread() -> None:
    """The deviation is the sample's, with n - 1; one run has none."""
    figures = spread([0.8, 0.9, 0.85])

    assert figures.mean == pytest.approx(0.85)
    assert figures.deviation == pytest.approx(0.05)
    assert (figures.smallest, figures.largest) == (0.8, 0.9)
    assert spread([0.8]).deviation == 0
