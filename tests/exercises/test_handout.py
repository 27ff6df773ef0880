"""The hand-out: what it says of the exercise."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from xlcheck.exercises.handout import handout
from xlcheck.exercises.key import MarkingKey
from xlcheck.exercises.plan import ExercisePlan


def rows_of(page: str) -> list[list[str]]:
    """The cells of all tables, without their markup."""
    return [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr[^>]*>(.*?)</tr>", page)]


def test_each_symbol_is_called_as_on_its_sheet(key: MarkingKey) -> None:
    """Label, equation with its subscripts, sheet, how many cells there are, and what they are worth; then the sums."""
    two = replace(key.blanks[0], points=0.5)
    page = handout(replace(key, blanks=(*key.blanks, two)), ExercisePlan(), "Fill in.", ["a.xlsx"])
    band = key.graph["lstm.i[0]"].band

    assert band.label != band.symbol
    assert band.equation == "σ(zᵢ,ₜ)"
    assert [band.label, "σ(z<sub>i,t</sub>)", "lstm", "2", "2.5"] in rows_of(page)
    assert ["in all", "2", "2.5"] in rows_of(page)


@pytest.mark.parametrize(
    ("varied", "files", "said"),
    [
        (True, ["a.xlsx", "b.xlsx"], "Your workbook has numbers of your own"),
        (False, ["a.xlsx"], "Work in the workbook a.xlsx."),
        (False, [], "<p></p>"),
    ],
)
def test_a_student_is_told_which_workbook_to_take(key: MarkingKey, varied: bool, files: list[str], said: str) -> None:
    """One's own, the one that all get, or none where none was made."""
    assert said in handout(replace(key, varied=varied), ExercisePlan(), "Fill in.", files)


def test_prices_and_marks_are_told_only_where_there_are_any(key: MarkingKey) -> None:
    """Each hint costs a part of the points; the three marks are explained if they stand beside the cells."""
    with_all = handout(key, ExercisePlan(feedback="cells", hints=(0.1, 0.25)), "Fill in.", [])
    without = handout(key, ExercisePlan(feedback="none", hints=()), "Fill in.", [])

    assert ["1", "what it is computed from", "10 %"] in rows_of(with_all)
    assert ["2", "the formula in words", "25 %"] in rows_of(with_all)
    assert [row[0] for row in rows_of(with_all) if len(row) == 2] == ["✓", "✗", "○"]
    assert "Hints" not in without
    assert "✓" not in without
