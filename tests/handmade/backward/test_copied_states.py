"""Recurrent trainings that copy the state before each step into a column of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from training_sheets import Cells, judged, roots

pytestmark = pytest.mark.keras

_DATA = ((1.0, 0.5), (-0.5, 0.1), (0.8, 0.6))


def _sheet() -> Cells:
    """Two passes below one another: weights w, u, b, v, c in B to F; then a row a step, with the state before in I."""
    cells: Cells = {"B1": 0.2, "B4": 0.7, "C4": -0.3, "D4": 0.1, "E4": 0.9, "F4": 0.2}
    for top in (4, 14):
        rows = top + 2, top + 3, top + 4
        w, u, b, v, c = (f"${column}${top}" for column in "BCDEF")
        for row, (given, target) in zip(rows, _DATA, strict=True):
            cells |= {f"B{row}": given, f"C{row}": target, f"I{row}": 0 if row == rows[0] else f"=D{row - 1}"}
            cells |= {f"D{row}": f"=TANH({w}*B{row}+{u}*I{row}+{b})", f"E{row}": f"={v}*D{row}+{c}"}
            later = f"+H{row + 1}*{u}" if row < rows[-1] else ""
            cells |= {
                f"F{row}": f"=E{row}-C{row}",
                f"G{row}": f"=F{row}*{v}{later}",
                f"H{row}": f"=G{row}*(1-D{row}^2)",
            }
        cells[f"H{top + 5}"] = f"=SUMSQ(F{rows[0]}:F{rows[-1]})/2"
        gradients = (f"SUMPRODUCT({{0}},{own}{rows[0]}:{own}{rows[-1]})" for own in "BI")
        flows, errors, states = (f"{own}{rows[0]}:{own}{rows[-1]}" for own in "HFD")
        sums = (
            *(own.format(flows) for own in gradients),
            f"SUM({flows})",
            f"SUMPRODUCT({errors},{states})",
            f"SUM({errors})",
        )
        for column, total in zip("BCDEF", sums, strict=True):
            cells |= {
                f"{column}{top + 7}": f"={total}",
                f"{column}{top + 10}": f"={column}{top}-$B$1*{column}{top + 7}",
            }
    return cells


def test_copied_states_are_those_of_the_step_before(tmp_path: Path) -> None:
    """Rule: the copy of a unit is no unit of its own, so that steps that read copies belong together."""
    found = judged(_sheet(), tmp_path / "w.xlsx")
    assert (found.results, found.gaps) == ((), ())
    assert "SimpleRNN(1, tanh) → Dense(1, linear)" in found.notes[0]


@pytest.mark.parametrize(
    ("place", "wrong"), [("G7", "=F7*$E$4"), ("C11", "=SUMPRODUCT(H6:H8,D6:D8)"), ("H17", "=G17*(1-D17)")]
)
def test_one_wrong_flow_or_gradient_is_the_root(place: str, wrong: str, tmp_path: Path) -> None:
    """Rule: a flow without the next step, a gradient by the states after, and a wrong slope are blamed alone."""
    assert roots(judged(_sheet() | {place: wrong}, tmp_path / "w.xlsx")) == [place]


def test_the_state_of_another_pass_is_no_pass(tmp_path: Path) -> None:
    """Rule: a copy of a state that belongs to the pass before is not right, and no right cell is blamed."""
    found = judged(_sheet() | {"I17": "=D6"}, tmp_path / "w.xlsx")
    assert found.results or found.gaps
    assert {*roots(found)} <= {"I17"}
