"""Many small arrays as one, and numbers that JSON does not have."""

from __future__ import annotations

import math

import numpy as np
import pytest

from xlcheck.verdicts.cell_result import finite_or_text
from xlcheck.verdicts.placement import distinct_rows, in_groups, pieces


def test_each_key_is_asked_once_and_each_part_gets_its_own_answer() -> None:
    """Whatever the order of the parts."""
    asked = []

    def answer(key: str, values: np.ndarray) -> np.ndarray:
        asked.append((key, values.tolist()))
        return values * (10 if key == "a" else 100)

    parts = [np.array([1.0, 2.0]), np.array([3.0]), np.array([4.0])]
    answers = in_groups(["a", "b", "a"], parts, answer)

    assert asked == [("a", [1.0, 2.0, 4.0]), ("b", [3.0])]
    assert [own.tolist() for own in answers] == [[10.0, 20.0], [300.0], [40.0]]


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
