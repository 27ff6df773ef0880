"""The two documents of the lessons on SimpleRNN and LSTM."""

from __future__ import annotations

from dataclasses import replace

import pytest

from xlcheck.chapter.datasets.dataset import BOOK_ORDER, toy
from xlcheck.errors import DataError


def test_codes_by_frequency() -> None:
    """very is 1, and of the equally frequent words good, which comes first, is 2 and bad 3."""
    data = toy()

    assert dict(data.vocabulary.codes) == {"very": 1, "good": 2, "bad": 3}
    assert data.inputs.tolist() == [[[1], [2]], [[1], [3]]]
    assert data.targets.tolist() == [[1], [0]]


def test_codes_of_the_book() -> None:
    """In print good is 3 and bad 2; documents and answers stay the same."""
    data = toy(BOOK_ORDER)

    assert data.inputs.tolist() == [[[1], [3]], [[1], [2]]]
    assert (data.documents, data.targets.tolist()) == (toy().documents, toy().targets.tolist())


def test_parts_must_fit_together() -> None:
    """A data set with fewer answers than documents cannot be made."""
    with pytest.raises(DataError, match="differ in number"):
        replace(toy(), targets=toy().targets[:1])
