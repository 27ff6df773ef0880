"""What a number of a training is made of: a setting, a share of one, or a rate that falls with a count."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from xlcheck.arrays import Array
from xlcheck.handmade.backward.coefficients import HALF, coefficient

_RATE, _COUNT = ("S", 0, 0), ("S", 1, 0)


def _settings(shown: float, count: float) -> dict[tuple[str, int, int], Array]:
    """A rate and the number of a step: random in both halves of the settings, and as they are shown."""

    def of(first: float, second: float, last: float) -> Array:
        return np.array([first] * HALF + [second] * HALF + [last])

    return {_RATE: of(0.31, 0.57, shown), _COUNT: of(1.7, 2.9, count)}


@pytest.mark.parametrize(
    ("shown", "step", "law", "how"),
    [
        (0.12, 3, lambda rate, count: rate / (1 + count), ("inverse", 1.0, 0.0)),
        (0.12, 3, lambda rate, count: rate * 0.5**count, ("exponential", np.log(0.5), 0.0)),
        (0.12, 3, lambda rate, count: rate / np.sqrt(1 + count), ("inverse square root", 1.0, 0.0)),
        (12.0, 3, lambda rate, count: rate / (1 + count), None),  # 3, which may count an epoch
        (4.0, 3, lambda rate, count: rate / (1 + count), ("inverse", 1.0, 0.0)),  # 1 may be a rate
        (10.0, 3, lambda rate, count: rate / (1 + count), ("inverse", 1.0, 0.0)),  # 2.5 is no count
        (2.0, 0, lambda rate, count: rate / (1 + count), ("inverse", 1.0, 0.0)),  # 2, and nothing has fallen yet
        (2.0, 1, lambda rate, count: rate * 0.5 ** (count - 1), ("exponential", np.log(0.5), 1.0)),
    ],
)
def test_a_rate_falls_and_a_count_does_not(
    shown: float, step: int, law: Callable[[Array, Array], Array], how: tuple[object, ...] | None
) -> None:
    """Rule: what falls by a law is a rate, unless it is a whole number above 1 that is not the one to begin with."""
    settings = _settings(shown, step)
    values = law(settings[_RATE], settings[_COUNT])

    found = coefficient(values, settings, falls=True)
    assert (found is None) is (how is None)
    if found is not None and how is not None:
        assert (found.cell, found.how[0], found.how[2]) == (_RATE, how[0], how[2])
        assert found.how[1] == pytest.approx(how[1], rel=1e-8)
        assert found.size == pytest.approx(values, rel=1e-12)
    assert coefficient(values, settings) is None


def test_what_does_not_fall_is_a_setting_or_a_multiple_of_it() -> None:
    """Rule: the count itself is one, be it an integer; what changes within a half is made of data."""
    settings = _settings(0.12, 3)
    for cell, factor in ((_COUNT, 1.0), (_COUNT, 2.0), (_RATE, -0.5)):
        found = coefficient(settings[cell] * factor, settings, falls=True)
        assert found is not None
        assert (found.cell, found.how) == (cell, ())
        assert found.factor == pytest.approx(factor, rel=1e-12)

    values = settings[_RATE] / (1 + settings[_COUNT])
    values[2] *= 1.5
    assert coefficient(values, settings, falls=True) is None
