"""What the terms of a measure say, on terms that are put together by hand."""

from __future__ import annotations

import math

import pytest

from xlcheck.formulas.algebra import Algebra, Expression, Function
from xlcheck.handmade.beside.measure_terms import compared_in, is_fair, remainder

_ALGEBRA = Algebra()
_A, _B, _C = (_ALGEBRA.leaf(("S", 0, column)) for column in range(3))


def _function(name: str, *arguments: Expression) -> Function:
    found = _ALGEBRA.function(name, *arguments)
    assert isinstance(found, Function)
    return found


def _minus(term: Expression) -> Expression:
    return _ALGEBRA.scale(term, -1.0)


def test_the_largest_of_several_may_be_written_in_turn() -> None:
    """Rule: MAX(a, MAX(b, c)) and MAX(a, −MIN(b, c)) compare a, b and c; a least one is no part of a largest one."""
    inner, least = _function("MAX", _B, _C), _function("MIN", _B, _C)
    assert [*compared_in(_function("MAX", _A, inner))] == [_A, _B, _C]
    assert [*compared_in(_function("MAX", _A, _minus(least)))] == [_A, _B, _C]
    assert [*compared_in(_function("MIN", _A, _minus(inner)))] == [_A, _B, _C]
    assert [*compared_in(_function("MAX", _A, least))] == [_A, least]
    assert [*compared_in(_function("MAX", _A, _minus(inner)))] == [_A, _minus(inner)]
    assert [*compared_in(_function("MAX", _A, _ALGEBRA.scale(least, -2.0)))] == [_A, _ALGEBRA.scale(least, -2.0)]


@pytest.mark.parametrize(
    ("share", "count", "is_so"),
    [
        (1.0, 6, True), (-1.0, 6, True), (-2.0, 6, True), (1 / 6, 6, True), (-1 / 6, 6, True), (1 / 3, 6, True),
        (1 / 12, 6, True), (1 / 5, 6, False), (1 / 7, 6, False), (0.3, 6, False), (1 / 4, 6, True), (1 / 9, 6, False),
    ],
)  # fmt: skip
def test_a_mean_leaves_none_out(share: float, count: int, is_so: bool) -> None:
    """Rule: all count whole, or with one over what divides their number, or half of that."""
    assert is_fair(share, count) is is_so


@pytest.mark.parametrize("share", [0.0, math.nan, math.inf, -math.inf, 1e-9, 1e-300, -1e-310, 5e-324])
def test_a_share_that_is_none(share: float) -> None:
    """Rule: what counts not at all, hardly, beyond all bounds or is no number is the mean of no results."""
    assert not is_fair(share, 6)


def test_what_is_left_to_one() -> None:
    """Rule: 1 − a is what a leaves; 2 − a, 1 − 2a, 1 + a and a − 1 are something else."""
    assert remainder(_ALGEBRA.subtract(1.0, _A)) == ("S", 0, 0)
    twice = _ALGEBRA.scale(_A, 2.0)
    others = (
        _ALGEBRA.subtract(2.0, _A), _ALGEBRA.subtract(1.0, twice), _ALGEBRA.sum([1.0, _A]), _ALGEBRA.subtract(_A, 1.0),
        _ALGEBRA.subtract(1.0, _function("EXP", _A)), _A, 1.0,
    )  # fmt: skip
    assert [own for own in others if remainder(own) is not None] == []
