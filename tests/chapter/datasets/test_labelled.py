"""Labelled texts and their division into parts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from xlcheck.chapter.datasets.labelled import LabelledTexts, require_both_classes, split
from xlcheck.errors import DataError


@given(st.integers(10, 500), st.integers(0, 2**32 - 1))
def test_no_sample_is_in_two_parts(samples: int, seed: int) -> None:
    """Training, validation and test parts together are all samples, each once."""
    parts = split(samples, seed)

    assert sorted([*parts.training, *parts.validation, *parts.test]) == list(range(samples))


def test_shares() -> None:
    """Thirty per cent are for test; of the rest, fifteen for validation, or none."""
    with_validation, without = split(1000, seed=0), split(1000, seed=0, validation=0.0)

    assert [len(with_validation.training), len(with_validation.validation), len(with_validation.test)] == [
        595,
        105,
        300,
    ]
    assert [len(without.training), len(without.validation)] == [700, 0]
    assert np.array_equal(with_validation.test, without.test)


def test_seed_decides() -> None:
    """The same seed divides in the same way, another one differently."""
    assert np.array_equal(split(50, 3).test, split(50, 3).test)
    assert not np.array_equal(split(50, 3).test, split(50, 4).test)


@pytest.mark.parametrize("samples", [0, 1, 2])
def test_too_few_samples(samples: int) -> None:
    """A part without a sample is refused."""
    with pytest.raises(DataError, match="too few"):
        split(samples, 0)


@pytest.mark.parametrize(("labels", "message"), [([1, 1], "every label is 1"), ([], "no labelled text")])
def test_one_class_only(labels: list[int], message: str) -> None:
    """From labels that are all the same nothing can be learned."""
    with pytest.raises(DataError, match=message):
        require_both_classes(np.array(labels, dtype=np.int32))


def test_a_label_for_each_text() -> None:
    """Texts and labels must be of the same number."""
    with pytest.raises(DataError, match="3 texts have 2 labels"):
        LabelledTexts(("a", "b", "c"), np.array([0, 1], dtype=np.int32))
