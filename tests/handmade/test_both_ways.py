"""Two recurrent layers over the same steps, there and back, whose inputs are looked up once for both."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import verdict

pytestmark = pytest.mark.keras

_WORDS = ("the", "train", "is", "late")
_FIRST, _LAST = 12, 15


def _both_ways() -> dict[str, object]:
    """Words in A, their numbers in B and C, a unit there in D, one back in E, and an output that reads both."""
    cells: dict[str, object] = {}
    for row, word in enumerate(_WORDS, 1):
        cells |= {f"H{row}": word, f"I{row}": round(0.37 * row - 0.8, 2), f"J{row}": round(0.9 - 0.23 * row * row, 2)}
    for column, numbers in (("L", (0.52, -0.26, 0.38, 0.1)), ("M", (-0.12, 0.95, -0.3, 0.2)), ("N", (0.7, -0.4, 0.05))):
        cells |= {f"{column}{row}": number for row, number in enumerate(numbers, 1)}
    cells |= {f"D{_FIRST - 1}": 0, f"E{_LAST + 1}": 0}
    for row, word in enumerate(("late", "the", "is", "train"), _FIRST):
        cells[f"A{row}"] = word
        for to, table in ("BI", "CJ"):
            cells[f"{to}{row}"] = f"=INDEX(${table}$1:${table}$4,MATCH($A{row},$H$1:$H$4,0))"
    for row in range(_FIRST, _LAST + 1):
        for unit, w, before in (("D", "L", row - 1), ("E", "M", row + 1)):
            cells[f"{unit}{row}"] = f"=TANH($B{row}*{w}$1+$C{row}*{w}$2+{unit}{before}*{w}$3+{w}$4)"
    return cells | {"B20": f"=1/(1+EXP(-(D{_LAST}*N1+E{_FIRST}*N2+N3)))"}


@pytest.mark.parametrize(
    ("slips", "code", "wrong"),
    [
        ({}, 0, set()),
        ({"E13": "=TANH($B13*M$1+$C13*M$2+E15*M$3+M$4)"}, 1, {"E13"}),
        ({"E13": "=TANH($B14*M$1+$C13*M$2+E14*M$3+M$4)"}, 1, {"E13"}),
        (
            {f"B{row}": f"=INDEX($J$1:$J$4,MATCH($A{row},$H$1:$H$4,0))" for row in range(12, 16)},
            1,
            {"B12", "B13", "B14", "B15"},
        ),
        ({"D14": "=TANH($B14*L$1+$C14*L$1+D13*L$3+L$4)"}, 1, {"D14"}),
    ],
    ids=["right", "two steps on", "the input of another step", "a column of the table twice", "a weight twice"],
)
def test_what_is_looked_up_once_is_read_by_both(
    slips: dict[str, object], code: int, wrong: set[str], tmp_path: Path
) -> None:
    """Rule: the inputs of two layers may stand in one place, and each has its verdict; none counts twice."""
    found = verdict(_both_ways() | slips, tmp_path)
    assert (found.code, found.roots) == (code, wrong)
    assert code or found.agree == 4 * len(_WORDS) + 1
