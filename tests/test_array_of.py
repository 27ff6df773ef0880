"""Numbers as somebody has them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from xlcheck.arrays import array_of


class Table:
    """What pandas and polars have in common."""

    def to_numpy(self) -> list[list[float]]:
        return [[1.0, 2.0]]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [([1, 2], [1, 2]), (3.5, 3.5), ((True, False), [True, False]), (Table(), [[1.0, 2.0]]), (np.arange(3), [0, 1, 2])],
    ids=["list", "number", "tuple", "table", "array"],
)
def test_whatever_holds_numbers_is_an_array(source: Any, wanted: Any) -> None:
    """Lists, tables and single numbers keep their shape and their kind."""
    found = array_of(source)

    assert np.array_equal(found, wanted)
    assert found.dtype.kind == np.asarray(wanted).dtype.kind


def test_what_is_masked_is_not_a_number() -> None:
    """Nobody says what is masked, so it is no number that lies below; without such a place the array stays as it is."""
    masked = np.ma.masked_array([1, 2, 3], mask=[False, True, False])
    whole = np.ma.masked_array([1, 2, 3], mask=False)

    assert np.array_equal(array_of(masked), [1.0, np.nan, 3.0], equal_nan=True)
    assert array_of(whole).tolist() == [1, 2, 3]


def test_rows_of_different_lengths_are_no_array() -> None:
    """Nothing is filled up."""
    with pytest.raises(ValueError, match="inhomogeneous"):
        array_of([[1.0], [1.0, 2.0]])
