"""When a stored value is out of date: the limit grows with the number, as rounding does."""

from __future__ import annotations

import numpy as np
import pytest

from xlcheck.verdicts.stale import _same_numbers


@pytest.mark.parametrize("actual", [1.0, 1e6, -1e9, 1e15])
def test_the_limit_is_relative_to_large_numbers(actual: float) -> None:
    """The last digits of a large number may differ between programs; a billionth of it may not."""
    cached = actual * np.array([1 + 4e-13, 1 - 4e-13, 1 + 1e-9, 1 - 1e-11])

    assert _same_numbers(cached, np.full(4, actual)).tolist() == [True, True, False, False]


@pytest.mark.parametrize("actual", [0.0, 1e-6])
def test_the_limit_is_absolute_for_small_numbers(actual: float) -> None:
    """What is left of a difference of numbers near 1 may be anything below the limit."""
    cached = actual + np.array([4e-13, -4e-13, 1e-9])

    assert _same_numbers(cached, np.full(3, actual)).tolist() == [True, True, False]


def test_what_is_no_number_is_never_the_same() -> None:
    """A text or an error is NaN here, and is compared elsewhere."""
    assert not _same_numbers(np.array([np.nan, 1.0]), np.array([1.0, np.nan])).any()
