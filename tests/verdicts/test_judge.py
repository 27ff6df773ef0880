"""The judge alone: two answers for each cell, and one verdict."""

from __future__ import annotations

import numpy as np
import pytest

from xlcheck.verdicts.judge import AGREE, CARRIED, NOT_EVALUATED, ROOT, Alignment, close, judge, verdict
from xlcheck.verdicts.report import Status


def never() -> bool:
    """Nobody asks what a right cell follows from."""
    raise AssertionError("asked")


@pytest.mark.parametrize(
    ("agrees", "follows", "evaluated", "sound", "status"),
    [
        (True, False, True, True, Status.AGREE),
        (False, True, True, True, Status.CARRIED),
        (False, False, True, True, Status.ROOT),
        (False, True, False, True, Status.NOT_EVALUATED),
        (False, False, False, True, Status.NOT_EVALUATED),
        (True, True, True, False, Status.ROOT),
        (False, True, True, False, Status.ROOT),
        (False, True, False, False, Status.ROOT),
    ],
)
def test_the_verdict_on_one_cell(agrees: bool, follows: bool, evaluated: bool, sound: bool, status: Status) -> None:
    """What should be a formula and is none is wrong whatever it holds; of what nobody computed nobody knows."""
    assert verdict(Alignment(agrees, evaluated, sound), lambda: follows) is status


def test_nobody_asks_what_right_cells_follow_from() -> None:
    """The second question is the expensive one."""
    found = judge(Alignment(np.full((2, 3), True), sound=np.array([True, False, True])), never)

    np.testing.assert_array_equal(found, [[AGREE, ROOT, AGREE]] * 2)


def test_each_cell_has_a_verdict_for_each_setting() -> None:
    """A row of the table is a setting, a column a cell."""
    agrees = np.array([[True, False, False], [False, False, True]])
    right = np.array([[False, True, False], [True, False, False]])
    evaluated = np.array([[True, True, True], [True, False, True]])

    found = judge(Alignment(agrees, evaluated), lambda: right)

    np.testing.assert_array_equal(found, [[AGREE, CARRIED, ROOT], [CARRIED, NOT_EVALUATED, AGREE]])


def test_what_is_no_number_is_close_to_nothing() -> None:
    """Not even to itself; the limit itself still agrees."""
    actual = np.array([1.0, 1.5, np.nan, np.inf])

    np.testing.assert_array_equal(close(actual, np.array([1.5, 1.5, np.nan, 1.0]), 0.5), [True, True, False, False])
