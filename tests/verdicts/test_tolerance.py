"""Tolerances: absolute, relative to a quantity, and the engine's own precision."""

from __future__ import annotations

import math

import numpy as np
import pytest

from xlcheck.errors import UsageError
from xlcheck.verdicts.placement import magnitude, ulps
from xlcheck.verdicts.tolerance import Tolerance, fitting, tolerance_from


def test_the_largest_allowance_counts() -> None:
    """Agreement with any of the three is agreement."""
    assert Tolerance(1e-14).limit(100.0) == 1e-14
    assert Tolerance(1e-14, rtol=1e-12).limit(100.0) == 1e-10
    assert Tolerance(1e-14, engine=1e-13).limit(0.001) == 1e-13
    assert Tolerance(1e-14, engine=1e-13).limit(100.0) == pytest.approx(1e-11)


def test_a_pattern_sets_other_limits_for_some_quantities() -> None:
    """The last pattern that fits decides; the engine's own precision stays."""
    tolerance = Tolerance(1e-14, 1e-13, 1e-12, {"lstm.*": Tolerance(1e-9), "lstm.f[?]": Tolerance(1e-6, 1e-3)})

    assert tolerance.of("dense.y") is tolerance
    assert tolerance.of("lstm.i[0]") == Tolerance(1e-9, 0.0, 1e-12)
    assert tolerance.of("lstm.f[1]") == Tolerance(1e-6, 1e-3, 1e-12)
    assert tolerance.of("lstm.f[10]").atol == 1e-9
    assert fitting({}, "x") is None


def test_a_limit_is_one_number_or_two() -> None:
    """Whatever else is given is refused with the place where it stood; see also the plugin's tests."""
    assert tolerance_from(1e-9, "here") == tolerance_from((1e-9, 0), "here") == Tolerance(1e-9)
    assert tolerance_from((np.float32(0.5), np.int64(0)), "here") == Tolerance(0.5)
    for odd in (-1e-9, math.nan, math.inf, "1", True, None, 1j, (1, 2, 3), ()):
        with pytest.raises(UsageError, match=r"^here: a tolerance is one number, or two"):
            tolerance_from(odd, "here")


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
