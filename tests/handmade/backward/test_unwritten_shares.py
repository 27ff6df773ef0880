"""Softmax regressions whose exponentials have cells, and whose shares stand only where targets are taken from them."""

from __future__ import annotations

from pathlib import Path

import pytest
from training_sheets import Cells, filled, judged, roots, terms_of

from xlcheck.handmade.backward.sheet import Sheet

pytestmark = pytest.mark.keras

_DATA = ((1.1, 0.2, 0), (-0.4, 0.8, 1), (0.6, -0.9, 2))
_FIRST = ((0.2, -0.3, 0.6), (0.1, 0.5, -0.2), (0.1, 0.4, -0.2))
"""Two rows of weights, and the biases."""


def _sheet() -> Cells:
    """Three samples in rows 2 to 4, targets in D to F; four steps in blocks of three columns from H on, B9 the rate."""
    cells: Cells = {"B9": 0.5}
    for row, (one, other, right) in enumerate(_DATA, start=2):
        cells |= {f"A{row}": one, f"B{row}": other} | {f"{c}{row}": int(k == right) for k, c in enumerate("DEF")}
    for step in range(4):
        columns = [chr(ord("H") + 4 * step + k) for k in range(3)]
        for k, column in enumerate(columns):
            before = chr(ord(column) - 4)
            for row, first in enumerate(_FIRST, start=2):
                cells[f"{column}{row}"] = f"={before}{row}-$B$9*{before}{row + 12}" if step else first[k]
            for s, row in enumerate((6, 7, 8)):
                cells[f"{column}{row}"] = f"=EXP($A{s + 2}*{column}$2+$B{s + 2}*{column}$3+{column}$4)"
                total = f"SUM(${columns[0]}{row}:${columns[2]}{row})"
                cells[f"{column}{row + 4}"] = f"={column}{row}/{total}-{'DEF'[k]}{s + 2}"
            for row, data in ((14, "$A$2:$A$4"), (15, "$B$2:$B$4")):
                cells[f"{column}{row}"] = f"=SUMPRODUCT({data},{column}10:{column}12)/3"
            cells[f"{column}16"] = f"=AVERAGE({column}10:{column}12)"
        logs = (f"LN({columns[k]}{row}/SUM({columns[0]}{row}:{columns[2]}{row}))" for k, row in enumerate((6, 7, 8)))
        cells[f"{columns[0]}18"] = f"=-({'+'.join(logs)})/3"
    return cells


def test_shares_without_cells_are_outputs(tmp_path: Path) -> None:
    """Rule: an exponential over the sum of all, less a target, is an output less that; classes may be typed."""
    found = judged(_sheet(), tmp_path / "w.xlsx")
    assert (found.results, found.gaps) == ((), ())


@pytest.mark.parametrize(
    ("place", "wrong"),
    [("M11", "=M7/SUM($L7:$M7)-E3"), ("M15", "=SUMPRODUCT($A$2:$A$4,M10:M12)/3"), ("N12", "=N8/SUM($L8:$N8)-E4")],
)
def test_one_wrong_share_or_gradient_is_no_pass(place: str, wrong: str, tmp_path: Path) -> None:
    """Rule: a share of a part of the sum, a gradient by another input, and another class's target are not right."""
    found = judged(_sheet() | {place: wrong}, tmp_path / "w.xlsx")
    assert found.results or found.gaps
    assert {*roots(found)} <= {place}


@pytest.mark.parametrize(("last", "is_softmax"), [("EXP({1})", True), ("EXP(A6)", False)])
def test_a_softmax_in_one_formula_above_hidden_units(last: str, is_softmax: bool, tmp_path: Path) -> None:
    """Rule: the exponentials of a formula make a softmax, without those in the units that it reads."""
    cells: Cells = {f"A{row}": 0.1 * row for row in range(1, 11)}
    cells |= {"B1": "=TANH(A1*A2)", "B2": "=1/(1+EXP(-(A1*A3)))"}
    sums = "A4*B1+A5*B2+A6", "A7*B1+A8*B2+A9"
    for row, own in enumerate(sums, start=1):
        cells[f"C{row}"] = f"=EXP({own})/(EXP({sums[0]})+{last.format(*sums)})"
    activated = Sheet(terms_of(filled(tmp_path / "w.xlsx", cells))).activated
    assert ({("Sheet", 0, 2), ("Sheet", 1, 2)} <= activated) is is_softmax
