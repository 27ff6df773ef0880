"""Results in the place of others: all formulas may agree, and a cell of the table yet shows something else."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from equation_sheets import answer, exchanged

pytestmark = pytest.mark.keras

ROOT = Path(__file__).parents[3]
_WEIGHTS = ((0.4, -0.7, 0.2), (0.9, 0.3, -0.5), (-0.6, 0.8, 0.35))


def _sheet() -> dict[str, object]:
    """Three units over one input, two steps in rows 7 and 8, states in C:E, weights in rows 1 to 5, a note in H9."""
    cells: dict[str, object] = {"H9": "=A7-0.5", "A7": 0.3, "A8": -0.9, "C6": 0.0, "D6": 0.1, "E6": -0.2}
    for column, row in zip("CDE", _WEIGHTS, strict=True):
        cells |= {f"{column}1": row[0], f"{column}5": row[1] / 2}
        cells |= {f"{column}{2 + k}": round(weight * (k + 1) / 3, 3) for k, weight in enumerate(row)}
        for step in (7, 8):
            states = "+".join(f"{c}{step - 1}*${column}${2 + k}" for k, c in enumerate("CDE"))
            cells[f"{column}{step}"] = f"=TANH($A{step}*{column}$1+{states}+{column}$5)"
    return cells


def test_a_result_stands_with_the_others_of_its_step(tmp_path: Path) -> None:
    """Rule: where a result of the last step and a note changed places, the table shows the note: that is no pass."""
    code, roots = answer(exchanged(_sheet(), "D8", "H9"), tmp_path)
    assert answer(_sheet(), tmp_path) == (0, set())
    assert code != 0
    assert roots <= {"D8", "H9"}


def test_a_step_reads_the_input_in_its_own_column(tmp_path: Path) -> None:
    """Rule: of two steps that read each other's computed input, none passes: no layer here runs backwards."""
    sheet = openpyxl.load_workbook(ROOT / "fixtures" / "handmade" / "book_simple_rnn.xlsx").active
    cells = {cell.coordinate: cell.value for row in sheet for cell in row if cell.value is not None}
    code, roots = answer(exchanged(cells, "B7", "C7"), tmp_path)
    assert code != 0
    assert roots <= {"B7", "C7"}


def test_units_of_a_step_stand_in_one_line(tmp_path: Path) -> None:
    """Rule: a unit and a copy of another one may not change places, so that the next layer reads them otherwise."""
    cells: dict[str, object] = {"H9": "=C4", "B1": 0.3, "C1": -0.8, "B10": 0.25}
    for number, column in enumerate("BCDE"):
        cells |= {f"{column}{row}": round(0.4 * number - 0.31 * row, 2) for row in (11, 12, 13, 14)}
        cells[f"{column}4"] = f"=MAX(0,$B$1*{column}$11+$C$1*{column}$12+{column}$13)"
    cells |= {"B6": "=1/(1+EXP(-(B4*B14+C4*C14+D4*D14+E4*E14+B10)))"}
    assert answer(cells, tmp_path) == (0, set())
    assert answer(exchanged(cells, "D4", "H9"), tmp_path)[0] != 0
