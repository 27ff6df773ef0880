"""What people compute beside a network: steps, sizes of weights, odds of probabilities, means of some results."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import TOYS, answer, verdict

pytestmark = [pytest.mark.keras, pytest.mark.usefixtures("a_short_search")]

_ROWS = range(12, 16)


def _rnn() -> dict[str, object]:
    """Two units over four steps in the rows 12 to 15: x in D, h in E and F, a probability in H, its target in M."""
    cells: dict[str, object] = {"B1": 0.62, "C1": -0.81, "B2": -0.95, "C2": 0.33, "B3": 0.47, "C3": 0.21, "B4": 0.04}
    cells |= {"C4": -0.02, "B5": 1.13, "C5": -0.88, "B6": -0.05, "E11": 0, "F11": 0}
    for row, (x, target) in zip(_ROWS, ((0.5, 1), (-0.3, 0), (0.8, 1), (0.1, 1)), strict=True):
        cells |= {f"D{row}": x, f"M{row}": target, f"H{row}": f"=1/(1+EXP(-(E{row}*$B$5+F{row}*$C$5+$B$6)))"}
        for state, own in (("E", "B"), ("F", "C")):
            total = f"D{row}*${own}$1+E{row - 1}*${own}$2+F{row - 1}*${own}$3+${own}$4"
            cells[f"{state}{row}"] = f"=TANH({total})"
    return cells


_COUNTED = {"A12": 1, **{f"A{row}": f"=A{row - 1}+1" for row in _ROWS[1:]}}
_TALLIES = {f"N{row}": f"=COUNTIF(M$12:M{row},1)" for row in _ROWS} | {f"O{row}": f"=A{row}-N{row}" for row in _ROWS}
_MARKS = {f"P{row}": f'=IF(H{row}>0.5,"+","-")' for row in _ROWS}
_ODDS = {f"I{row}": f"=H{row}/(1-H{row})" for row in _ROWS}


@pytest.mark.parametrize(
    "beside",
    [
        _COUNTED,
        _COUNTED | _TALLIES,
        _MARKS | {"P18": "=P12&P13&P14&P15"},
        {"K11": 0} | {f"K{row}": f"=K{row - 1}+1" for row in _ROWS},
        _ODDS,
        {f"J{row}": f"=LN(H{row}/(1-H{row}))" for row in _ROWS},
        {f"J{row}": f"=MAX(H{row},1-H{row})" for row in _ROWS},
        {"P2": "=COUNT(B1:C4)+COUNT(B5:C6)"},
        {"P1": 0.01, "P2": "=$P$1*SUMSQ(B1:C3)"},
        {"P2": "=SUMIF(M12:M15,1,H12:H15)/COUNTIF(M12:M15,1)"},
        {"P2": "=AVERAGEIF(M12:M15,1,H12:H15)", "P3": "=AVERAGEIF(M12:M15,0,H12:H15)"},
        {"O2": "sum of h", "P2": "=SUM(E15:F15)"},
        {"P2": "=MAX(ABS(H12-M12),ABS(H13-M13),ABS(H14-M14),ABS(H15-M15))"},
        {"P2": "=((H12>0.5)+(H13>0.5)+(H14>0.5)+(H15>0.5))/4"},
        {"P2": "=ROUND(AVERAGE(H12:H15),1)"},
        {f"{column}{row}": 1 + (row * 7 + k) % 5 for k, column in enumerate("RSTU") for row in range(22, 26)}
        | {f"V{row}": f"=AVERAGE(R{row}:U{row})" for row in range(22, 26)} | {"V28": "=AVERAGE(V22:V25)"},
    ],
    ids=["steps", "tallies", "marks put together", "steps from 0", "odds", "their logarithm", "how sure it is",
         "how many weights", "how large they are", "a mean of some", "means of some", "a sum that is called one",
         "the largest error", "a share of answers", "a rounded mean",
         "marks of a class"],
)  # fmt: skip
def test_what_belongs_to_no_layer_keeps_nobody_from_passing(beside: dict[str, object], tmp_path: Path) -> None:
    """Rule: such formulas say something of a network, and are none of it."""
    found = verdict(_rnn() | beside, tmp_path)
    assert (found.code, found.roots) == (0, set())


@pytest.mark.parametrize(
    "beside",
    [
        _COUNTED | {"A14": "=A13+2"},
        _ODDS | {"I14": "=H14/(1-H13)"},
        {cell: own for cell, own in _ODDS.items() if cell != "I14"},
        {"H16": "=SUM(B1:C4)"},
        _MARKS | {"P18": "=P12&P13&P13&P15"},
        {"P2": "=AVERAGEIF(M11:M14,1,H12:H15)"},
        {"P2": "=AVERAGEIF(M12:M14,1,H12:H14)"},
        {"P2": "=SUMIF(M12:M15,1,H12:H15)/COUNTIF(M12:M15,0)"},
        {"D12": 0.5, "D13": "=D12+1", "D14": "=D13+1", "D15": "=D14+2"},
        {"O2": "sum of h", "P2": "=SUM(E12:E14)"},
        {"P2": "=SUM(E15:F15)"},
        {"P2": "=MAX(ABS(H12-M12),ABS(H13-M13),ABS(H15-M15))"},
        {"P2": "=((H12>0.5)+(H13>0.5)+(H14>0.5)+(H15>0.5))/5"},
    ],
    ids=["a step is passed over", "odds with another number", "odds of some", "a sum where a result would stand",
         "a mark put in twice", "labels of the row above", "a mean of a part", "other counts than sums",
         "an input that counts otherwise", "a sum of a part", "a sum of which nothing is said",
         "the largest of some errors", "a share of others"],
)  # fmt: skip
def test_one_that_is_odd_is_no_pass(beside: dict[str, object], tmp_path: Path) -> None:
    """Rule: what a reader would see otherwise is no pass; nobody is blamed for it."""
    found = verdict(_rnn() | beside, tmp_path)
    assert (found.code, found.roots) == (3, set())


def test_the_difference_of_two_shown_results_is_no_layer(tmp_path: Path) -> None:
    """Rule: a page that shows the results of two networks, and how far they are apart, computes nothing more."""
    cells = {f"{sheet}!{cell}": value for sheet in ("S", "T") for cell, value in TOYS["rnn"].items()}
    cells |= {"T!A1": -0.3, "T!B2": 0.8, "C!B2": "=S!C7", "C!C2": "=T!C7", "C!D2": "=C2-B2"}
    assert answer(cells, tmp_path) == (0, set())
