"""The digits of typed numbers, and results rounded to them."""

from __future__ import annotations

import pytest

from xlcheck.handmade.reading.digits import agrees, digits_of


@pytest.mark.parametrize(
    ("number", "digits"), [(0.25, 2), (3.0, 1), (-0.0125, 4), (1e-7, 0), (1e300, 0), (0.1 + 0.2, 1), (0.5 - 1e-16, 1)]
)
def test_digits_are_those_behind_the_point(number: float, digits: int) -> None:
    """Rule: zeros between the point and the first digit count; a number with an exponent has none."""
    assert digits_of(number) == digits


def test_a_number_is_a_result_to_its_own_digits() -> None:
    """Rule: half a unit of its last digit may be lost, and no more, however many digits it has."""
    assert agrees(0.66666, 0.667)
    assert not agrees(0.66666, 0.666)
    assert agrees(0.7350000000001, 0.73)
    assert not agrees(0.7351, 0.73)
    assert agrees(2 / 3, 0.6666666666666666)
    assert not agrees(2 / 3, 0.66666667666)
