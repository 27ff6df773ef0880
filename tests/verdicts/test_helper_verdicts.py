"""Cells that are no quantity: right by their values and by their text, and the worst setting counts."""

from __future__ import annotations

from typing import Any

import pytest

from xlcheck.formulas.addresses import Range
from xlcheck.verdicts.helpers import HelperVerdict, equal, judge_helper
from xlcheck.verdicts.report import Status
from xlcheck.workbook.bindings import Helper
from xlcheck.workbook.content import CellError, NotEvaluated

HELPER = Helper(Range("S", 0, 0), "A2+1", (1.0, 2.0), atol=1e-9)


def judged(formula: str | None, values: list[Any], *, only_local: bool = False, limit: float = 0.0) -> HelperVerdict:
    """The verdict on the helper over its two samples."""
    return judge_helper(HELPER, formula, values, [0, 1], limit, only_local=only_local)


@pytest.mark.parametrize(
    ("formula", "values", "status", "setting"),
    [
        ("A2+1", [1.0, 2.0], Status.AGREE, 0),
        (" a2 + 1", [1.0, 2.0 + 1e-10], Status.AGREE, 0),
        ("A2+1", [1.0, 2.5], Status.CARRIED, 1),
        ("A3+1", [1.0, 2.5], Status.ROOT, 1),
        ("A3+1", [1.0, 2.0], Status.ROOT, 0),
        (None, [1.0, 2.0], Status.ROOT, 0),
        ("A2+1", [1.0, NotEvaluated("none")], Status.NOT_EVALUATED, 1),
    ],
)
def test_only_the_text_says_whether_a_helper_is_right_in_itself(
    formula: str | None, values: list[Any], status: Status, setting: int
) -> None:
    """As written, in whatever spelling, a wrong value came from elsewhere; as it was not written, it is the mistake."""
    found = judged(formula, values)

    assert (found.status, found.setting) == (status, setting)


def test_where_an_input_was_changed_nobody_knows_the_value() -> None:
    """Then only an error counts, and the text."""
    assert judged("A2+1", [7.0, 8.0], only_local=True).status is Status.AGREE
    assert judged("A2+1", [7.0, CellError("#REF!")], only_local=True).status is Status.CARRIED
    assert judged("A3+1", [7.0, 8.0], only_local=True).status is Status.ROOT
    assert judged("A2+1", [7.0, 8.0], only_local=True).desired is None


def test_the_wider_of_two_limits_counts() -> None:
    """That of the cell, and that of the check."""
    assert judged("A2+1", [1.0, 2.0 + 1e-8]).status is Status.CARRIED
    assert judged("A2+1", [1.0, 2.0 + 1e-8], limit=1e-7).status is Status.AGREE
    assert judged("A2+1", [1.0, 2.0 + 1e-8], limit=1e-7).limit == 1e-7


@pytest.mark.parametrize(
    ("actual", "desired", "same"),
    [
        (1.0, 1.25, True),
        (1.0, 1.5, False),
        (float("inf"), float("inf"), True),
        ("a", "a", True),
        ("a", "A", False),
        (True, 1.0, False),
        (True, True, True),
        (CellError("#N/A"), CellError("#N/A"), True),
        (None, "", False),
    ],
)
def test_numbers_are_equal_within_the_limit_and_all_else_exactly(actual: Any, desired: Any, same: bool) -> None:
    """A truth value is no number."""
    assert equal(actual, desired, 0.25) == same
