"""What all templates of layers without weighted sums use: vectors of results, and numbers to know functions by."""

from __future__ import annotations

import numpy as np
import pytest

from xlcheck.handmade.equations.found import random, same, vectors_of
from xlcheck.handmade.forms.functions import Results

TABLE: Results = {(step, unit): ("S", 5 + step, 2 - unit) for step in (1, 0, 3) for unit in (1, 0)}


def test_a_vector_has_a_result_of_each_unit() -> None:
    """Rule: steps in order, and within each the units in order, wherever they stand."""
    assert [*vectors_of(TABLE)] == [0, 1, 3]
    assert vectors_of(TABLE)[3] == [("S", 8, 2), ("S", 8, 1)]


@pytest.mark.parametrize("left_out", [(0, 1), (3, 0)])
def test_where_a_step_lacks_a_unit_there_are_no_vectors(left_out: tuple[int, int]) -> None:
    assert vectors_of({key: cell for key, cell in TABLE.items() if key != left_out}) == {}


def test_a_single_unit_has_no_vectors() -> None:
    """Rule: single numbers are a vector over the steps, if anything; a single step has one."""
    assert vectors_of({key: cell for key, cell in TABLE.items() if key[1] == 0}) == {}
    assert [*vectors_of({key: cell for key, cell in TABLE.items() if key[0] == 1})] == [1]


def test_functions_are_known_by_numbers_on_both_sides_of_0() -> None:
    """Rule: the same whenever they are drawn, no two alike; relu is told from the identity, and sums from means."""
    x = random(8, 3)

    assert np.array_equal(x, random(8, 3))
    assert (x.shape, np.unique(x).size) == ((8, 3), 24)
    assert all((column < 0).any() and (column > 0).any() for column in x.T)
    assert not same(np.maximum(x, 0), x)
    assert not same(x.sum(1), x.mean(1))


def test_another_order_of_summation_is_the_same() -> None:
    """Rule: what computers round is no difference; what people round is one."""
    x = random(8, 50)

    assert same(x.sum(1), sum(x[:, n] for n in range(49, -1, -1)))
    assert not same(x, x.round(6))
    assert not same(x, np.where(x == x[7, 2], np.nan, x))
