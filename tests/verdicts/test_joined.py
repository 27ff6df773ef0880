"""Many small arrays as one, and numbers that JSON does not have."""

from __future__ import annotations

import math

import numpy as np
import pytest

from xlcheck.verdicts.cell_result import finite_or_text
from xlcheck.verdicts.placement import distinct_rows, pieces


def test_pieces_are_views_of_the_last_axis() -> None:
    """What is written into one is written into the whole."""
    whole = np.zeros((2, 3))
    first, second = pieces(whole, [1, 2])
    second += 1

    assert (first.shape, second.shape) == ((2, 1), (2, 2))
    assert whole.tolist() == [[0, 1, 1], [0, 1, 1]]


def test_only_a_row_that_is_not_copied_counts_once() -> None:
    """A constant in every setting is one row; rows that happen to be equal are as many as there are."""
    row = np.array([1.0, 2.0])

    assert distinct_rows(np.broadcast_to(row, (5, 2))).shape == (1, 2)
    assert distinct_rows(np.array([row, row])).shape == (2, 2)


@pytest.mark.parametrize(("number", "written"), [(0.1, 0.1), (math.inf, "inf"), (-math.inf, "-inf"), (math.nan, "nan")])
def test_numbers_that_json_does_not_have_are_texts(number: float, written: float | str) -> None:
    """All others stay as they are."""
    assert finite_or_text(number) == written
