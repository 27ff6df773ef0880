"""Tolerances: absolute, relative to a quantity, and the engine's own precision."""

from __future__ import annotations

import numpy as np
import pytest

from xlcheck.checking.tolerance import Tolerance, magnitude, ulps


def test_the_largest_allowance_counts() -> None:
    """Agreement with any of the three is agreement."""
    assert Tolerance(1e-14).limit(100.0) == 1e-14
    assert Tolerance(1e-14, rtol=1e-12).limit(100.0) == 1e-10
    assert Tolerance(1e-14, engine=1e-13).limit(0.001) == 1e-13
    assert Tolerance(1e-14, engine=1e-13).limit(100.0) == pytest.approx(1e-11)


def test_values_recomputed_from_wrong_ones_may_be_large() -> None:
    """What follows from an error of a million cannot be right to the fourteenth decimal."""
    assert Tolerance(1e-14).local_limit(1e6) == pytest.approx(1e-8)
    assert Tolerance(1e-14).local_limit(0.1) == 1e-14


def test_magnitude_leaves_out_what_is_no_number() -> None:
    """Infinities and NaN would allow any difference."""
    assert magnitude(np.array([1.0, -3.0, np.inf, np.nan])) == 3.0
    assert magnitude(np.array([np.nan])) == 0.0


def test_units_in_the_last_place() -> None:
    """Counted for numbers of the quantity's size, so that a zero among them does not count as infinitely far."""
    assert ulps(2.0**-52, 1.0) == 1.0
    assert ulps(2.0**-52, 0.0) == 1.0
    assert ulps(2.0**-52, 0.5) == 2.0
