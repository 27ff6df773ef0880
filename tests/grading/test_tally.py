"""A class in numbers, what is kept of a submission, and what its student is told."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from xlcheck.grading.cell_mark import CellMark, why
from xlcheck.grading.grading import BARS, Tally
from xlcheck.grading.records import Finding, Record

RIGHT = CellMark("s!A1", "l.h[0]", "l.h", "right", 1.0, 1.0)
WRONG = replace(RIGHT, status="wrong", earned=0.0, message="It gives 2.", formula="=A0")
NAMED = replace(WRONG, mistake="bias-missing", message="No bias.")


def marks(*cells: CellMark, earned: float | None = None, is_certain: bool = True) -> Any:
    """A submission with these cells."""
    points = sum(cell.points for cell in cells)
    return SimpleNamespace(cells=cells, earned=earned, points=points, is_certain=is_certain, student="s001")


def test_a_class_is_counted_submission_by_submission() -> None:
    """What could not be graded is a submission without points; a full score stands in the last bar."""
    tally = Tally()
    for each in (
        marks(RIGHT, earned=1.0),
        marks(WRONG, earned=0.0),
        marks(),
        marks(NAMED, earned=0.35, is_certain=False),
    ):
        tally.add(each)

    assert (tally.submissions, tally.graded, tally.doubtful, tally.earned) == (4, 3, 1, 1.35)
    assert [bar for bar in range(BARS) if tally.spread[bar]] == [0, 3, 9]
    assert not tally.is_certain


def test_the_hardest_symbol_comes_first() -> None:
    """By the share that is right in itself; carried cells are, empty ones are neither right nor wrong."""
    other = replace(RIGHT, quantity="l.c")
    tally = Tally()
    tally.add(
        marks(other, RIGHT, replace(RIGHT, status="carried"), WRONG, replace(RIGHT, status="missing"), earned=3.0)
    )
    first, second = tally.quantities()

    assert (first.quantity, first.blanks, first.right, first.wrong, first.empty) == ("l.h", 4, 2, 1, 1)
    assert (second.quantity, second.right) == ("l.c", 1)
    assert tally.is_certain


def test_a_mistake_counts_once_for_each_submission_and_symbol() -> None:
    """One without a name is the same where the same formula stands in the same cell."""
    tally = Tally()
    tally.add(marks(NAMED, NAMED, WRONG, earned=0.0))
    tally.add(marks(NAMED, replace(WRONG, formula="=A9"), replace(RIGHT, status="missing"), earned=0.0))
    found = {(item.mistake, item.formula): item.submissions for item in tally.mistakes()}

    assert found == {("bias-missing", ""): 2, ("another formula", "s!A1: =A0"): 1, ("another formula", "s!A1: =A9"): 1}
    assert tally.mistakes()[0].example == "No bias."


def test_a_record_is_the_same_after_it_was_kept() -> None:
    """Also a number that is none, which JSON does not have."""
    record = Record(
        "00", "s1", (Finding(3, "s!A1", "wrong", "=A0", 2.0, 1.0),), (1,), (0.5, math.nan), {3: "A0"}, ("a note",), "",
    )  # fmt: skip
    again = Record.from_json(json.loads(json.dumps(record.to_json(), allow_nan=False)))

    assert replace(again, numbers=()) == replace(record, numbers=())
    assert again.numbers[0] == 0.5
    assert math.isnan(again.numbers[1])
    assert again.formulas_shown(3) == "=A0"
    assert again.formulas_shown(4) is None


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        (Finding(0, "", "wrong", actual=2.0, wanted=1.0), "It gives 2; given the cells before it, it should be 1."),
        (Finding(0, "", "wrong", actual=1.0 + 1e-12, wanted=1.0), "right only for the numbers that stand here"),
        (Finding(0, "", "wrong", actual="#CIRC!"), "a circle of formulas"),
        (Finding(0, "", "wrong", actual="#NAME?"), "It gives #NAME?."),
        (Finding(0, "", "wrong"), "It gives no number."),
        (Finding(0, "", "wrong", message="No bias."), "No bias."),
        (Finding(0, "", "not_a_formula", right=True), "The number is right, but it was typed"),
        (Finding(0, "", "not_a_formula"), "A number was typed here"),
        (Finding(0, "", "text", actual=" =A1+1"), "The formula stands here as a text"),
        (Finding(0, "", "text", actual="-0,5e3"), "writes a number with a point"),
        (Finding(0, "", "text", actual="0,5 or so"), "There is no number here."),
        (Finding(0, "", "missing"), "The cell is empty."),
    ],
)
def test_a_student_is_told_why_in_a_sentence(finding: Finding, said: str) -> None:
    """What has a reason of its own says that; else what stands in the cell decides."""
    assert said in why(finding, Record("00"), SimpleNamespace(followers=lambda _: set(), elements=["l.h[0]"]), 0)  # type: ignore[arg-type]


def test_a_right_cell_that_follows_from_a_wrong_one_names_it() -> None:
    """By its place in the submission, or by what should stand there if nobody knows the place."""
    prepared: Any = SimpleNamespace(followers=lambda index: {1} if index == 0 else set(), elements=["l.h[0]", "l.y[0]"])

    assert "follows from s!A1," in why(None, Record("00", findings=(Finding(0, "s!A1", "wrong"),)), prepared, 1)
    assert "follows from l.h[0]," in why(None, Record("00", findings=(Finding(0, "", "wrong"),)), prepared, 1)
    assert "from a wrong cell before it," in why(None, Record("00"), prepared, 1)
