"""When a stored value is out of date: the limit grows with the number, as rounding does."""

from __future__ import annotations

import numpy as np
import pytest
from small_book import Checker

from xlcheck.verdicts.report import Kind
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


@pytest.mark.parametrize(("stored", "stale"), [(0.5, []), (0.5 + 9e-10, []), (0.5 - 9e-9, ["C3"])])
def test_a_stored_value_that_is_keras_s_is_shown_rightly(check_small: Checker, stored: float, stale: list[str]) -> None:
    """Both numbers are Keras's within the tolerance, though they differ by more than programs round."""
    report = check_small({"Net!C3": ("C2*Weights!$B$2-4E-10", stored)}, atol=1e-9, perturb=0)

    assert [c.cell for c in report.cells if c.sheet == "Net" and c.kind is Kind.STALE_CACHE] == stale
