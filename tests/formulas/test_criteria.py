"""Which cells the criteria of conditional sums take, as Excel does; what is not followed is said, and not guessed."""

from __future__ import annotations

import numpy as np
import pytest

from xlcheck.formulas.criteria import taken
from xlcheck.formulas.scalars import Array, OpaqueError, Scalar

_PLACES = ("first", "second", "third", "fourth", "fifth")
_ASKED: tuple[Scalar, ...] = (2.0, -1.0, "Yes", None, True)


def _column(*items: Scalar) -> Array:
    return np.array(items, dtype=object)[:, None]


def _number(value: Scalar) -> float:
    assert isinstance(value, float)
    return value


@pytest.mark.parametrize(
    ("criterion", "places"),
    [
        (2.0, ["first"]), ("2", ["first"]), ("=-1", ["second"]), ("<=-1", ["second"]), ("<-1", []),
        (">-1", ["first"]), (">=-1", ["first", "second"]), ("yes", ["third"]), ("=YES", ["third"]), ("no", []),
        ("<>yes", ["first", "second", "fourth", "fifth"]), ("<>2", ["second", "third", "fourth", "fifth"]),
    ],
)  # fmt: skip
def test_what_a_criterion_takes(criterion: Scalar, places: list[str]) -> None:
    """Equal without a sign, a number in quotation marks as well, words in any letters; what is no number is unequal."""
    assert taken(_column(*_PLACES), [_column(*_ASKED), criterion], _number) == places


def test_all_criteria_hold_in_one_place() -> None:
    """Rule: the ranges are gone through together, each with its own criterion."""
    sizes, colours = _column(1.0, 5.0, 3.0, 5.0, 4.0), _column("red", "red", "red", "blue", "red")

    assert taken(_column(*_PLACES), [sizes, ">3", colours, "red"], _number) == ["second", "fifth"]
    assert taken(_column(*_PLACES), [sizes, ">3", colours, "<>red"], _number) == ["fourth"]
    assert taken(_column(*_PLACES), [], _number) == [*_PLACES]


@pytest.mark.parametrize(
    ("criterion", "why"),
    [
        ("y*", "wildcards"), ("=ye?", "wildcards"), ("<>", "blank"), ("", "blank"), (None, "blank"), (True, "logical"),
        (">yes", "compares texts"), ("<=a", "compares texts"),
    ],
)  # fmt: skip
def test_what_is_not_followed_is_told(criterion: Scalar, why: str) -> None:
    with pytest.raises(OpaqueError, match=why):
        taken(_column(*_PLACES), [_column(*_ASKED), criterion], _number)


def test_ranges_of_other_shapes_belong_to_no_place() -> None:
    """Rule: a row of as many cells as a column says nothing of that column's places."""
    with pytest.raises(OpaqueError, match="different shapes"):
        taken(_column(*_PLACES), [_column(*_ASKED).T, 2.0], _number)
