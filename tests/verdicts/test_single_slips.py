"""One slip of the hand in a lesson, of the kind that changes no number there or only some: it alone is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from planting import planted_report, roots

from xlcheck.formulas.addresses import parse_range
from xlcheck.workbook.reader import read_workbook

LSTM = Path(__file__).parents[2] / "workbooks" / "lstm.xlsx"

# The first words of both documents are the same, so are all numbers of their first steps, and the states before are 0.
SLIPS = {
    "the other document's input": ("Documents!E9", "F7*Weights!$B$8"),
    "the other document's sum": ("Documents!E11", "F9+E10+Weights!$B$16"),
    "the other document's state": ("Documents!G20", "F31*Weights!$D$12"),
    "the number of a row for a weight": ("Documents!E10", "C31*Weights!$A$12"),
    "a branch that is not taken": ("Documents!G27", "IF(G26>=0,1/(1+EXP(-G26)),1/(1+EXP(-G21)))"),
    "a branch of another step": ("Documents!H12", "IF(H11>=0,1/(1+EXP(-H11)),1/(1+EXP(-F11)))"),
    "an empty cell for a target of 0": ("Documents!J38", "-(J36*LN(J34)+(1-J37)*LN(1-J34))"),
    "another state of 0": ("Documents!D31", "lstm!E32"),
    "a state of another step": ("Documents!D29", "lstm!F29"),
    "a typed state of 0": ("Documents!D31", None),
    "a part of what is kept": (
        "Check!D40",
        "IF(ISERROR(SUM(Data!$G$10:$H$11)),0,IF(COUNT(Data!$G$10:$H$11)=4,"
        "IF(SUMPRODUCT((Data!$G$10:$H$11<>xlcheck!$V$1:$W$1)*1)=0,1,0),0))",
    ),
    "the other document's word": ("Documents!G7", "INDEX(Data!$G$11:$H$11,1,2)"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_the_cell_of_a_slip_is_the_only_root(slip: str) -> None:
    """Not another one that reads it, and nobody says that cells have moved: none has."""
    cell, formula = SLIPS[slip]
    area = parse_range(cell)
    place = (area.sheet, area.top, area.left)
    content = read_workbook(LSTM)
    own = content.sheets[area.sheet].cells[place[1:]]
    report = planted_report(content, place, formula, own.value)
    root = report.roots[0]

    assert roots(report) == {place}
    shown = root.quantity is None or root.message.startswith("Right only for")
    assert (root.desired_formula == f"={own.formula}") is shown


OTHER_WAYS = [
    ("E12", "1/(1+EXP(-(E9+E10+Weights!$B$16)))"), ("E12", "EXP(E11)/(1+EXP(E11))"), ("E12", "(1+TANH(E11/2))/2"),
    ("E31", "E27*TANH(E17*C29+E12*E22)"), ("E29", "C29/(1+EXP(-E14-E15-Weights!$C$16))+E12*E22"),
]  # fmt: skip


@pytest.mark.parametrize(("place", "formula"), OTHER_WAYS)
def test_another_way_to_the_same_number_is_no_slip(place: str, formula: str) -> None:
    """Also where the sum is made in the formula, and the cell with the sum is not read."""
    content = read_workbook(LSTM)
    area = parse_range(f"Documents!{place}")
    cell = content.sheets[area.sheet].cells[area.top, area.left]

    assert planted_report(content, (area.sheet, area.top, area.left), formula, cell.value).ok
