"""Learning rates that follow from that of the worksheet before, one for each epoch, or that fall from row to row."""

from __future__ import annotations

from pathlib import Path

import pytest
from training_sheets import DATA, FIRST, LAST, ROWS, Cells, judged, with_gradients

pytestmark = pytest.mark.keras


def _epochs(*rates: object) -> Cells:
    """A line learnt one sample a row, an epoch a sheet, with the rate in B1."""
    cells: Cells = {}
    for number, rate in enumerate(rates):
        cells[f"E{number}!B1"] = rate
        for row, own in enumerate(DATA[:3], 4):
            cells |= {f"E{number}!{c}{row}": x for c, x in zip("BCD", own, strict=True)}
            cells[f"E{number}!H{row}"] = f"=E{row}*B{row}+F{row}*C{row}+G{row}"
            cells[f"E{number}!I{row}"] = f"=H{row}-D{row}"
            for w, x in zip("EFG", "BC ", strict=True):
                before, factor = row - 1, f"*{x}{row - 1}" if x != " " else ""
                moved = f"={w}{before}-$B$1*I{before}{factor}"
                first = f"=E{number - 1}!{w}7" if number else 0.2
                cells[f"E{number}!{w}{row}"] = first if row == 4 else moved
                cells[f"E{number}!{w}7"] = f"={w}6-$B$1*I6{factor.replace(str(before), '6')}"
    return cells


@pytest.mark.parametrize(
    ("rates", "is_right"),
    [((0.3, "=E0!B1/2", "=E1!B1/2"), True), ((0.3, "=E0!B1", "=E1!B1"), True), ((0.3, "=E0!B1/2", "=E1!B1"), False)],
    ids=["halved", "the same", "once copied"],
)
def test_a_rate_changes_alike_from_sheet_to_sheet(rates: tuple[object, ...], is_right: bool, tmp_path: Path) -> None:
    """Rule: where one worksheet halves the rate of the one before and another one copies it, the training is open."""
    part = judged(_epochs(*rates), tmp_path / "w.xlsx")
    assert (part.counts().not_evaluated == 0 and not part.gaps) is is_right


def _falling() -> Cells:
    """A line learnt one sample a row at a rate that falls from 2 on."""
    rates = {f"A{row}": f"=$M$1/(1+$N$1*M{row})" for row in ROWS}
    return with_gradients() | {"M1": 2, "N1": 0.8} | rates | {f"M{row}": row - FIRST for row in ROWS}


def test_a_rate_begins_with_a_whole_number(tmp_path: Path) -> None:
    """Rule: nothing is open of a rate that falls, be it 2 at first."""
    part = judged(_falling(), tmp_path / "w.xlsx")
    assert part.counts().not_evaluated == part.counts().root == 0
    assert not part.gaps


@pytest.mark.parametrize(
    "rates",
    [
        {f"A{FIRST}": f"=$M$1/(1+$M$1*M{FIRST})"},
        {f"A{FIRST}": f"=$M$1/(1+$O$1*M{FIRST})"},
        {f"A{LAST}": f"=$M$1/(1+$O$1*M{LAST})"},
        {f"A{row}": f"=$M$1/(1+$M$1*M{row})" for row in ROWS},
    ],
    ids=["the rate itself", "a third number", "a third number at the end", "the rate itself everywhere"],
)
def test_all_rates_are_made_of_the_same_numbers(rates: Cells, tmp_path: Path) -> None:
    """Rule: a rate without a number that all others are made of is no pass, nor are rates made of one number twice."""
    part = judged(_falling() | {"O1": 0.7} | rates, tmp_path / "w.xlsx")
    assert not part.counts().root
    assert part.gaps or part.counts().not_evaluated
