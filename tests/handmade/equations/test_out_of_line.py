"""Results in the place of others: all formulas may agree, and a cell of the table yet shows something else."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import openpyxl
import pytest
from equation_sheets import answer, atom, exchanged, save

from xlcheck.handmade.equations.reading import Reading
from xlcheck.handmade.objections.orders import gap_in_a_line
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.workbook.reader import read_workbook

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


@pytest.mark.parametrize(("places", "is_told"), [("CDEGH", True), ("CDDEGH", True), ("CDEG", False), ("CDDEG", False)])
def test_two_units_may_be_said_to_stand_in_one_cell(places: str, *, is_told: bool, tmp_path: Path) -> None:
    """As those of two gates where a formula reads that of another unit; what stands apart is told all the same."""
    reading = SimpleNamespace(
        values={"f": {(0, unit): atom(f"{c}{9 if c == 'H' else 7}") for unit, c in enumerate(places)}}
    )
    cells = _sheet() | {"F7": "=A7*2", "G7": 1.0}
    told = gap_in_a_line(CellTable(read_workbook(save(cells, tmp_path / "w.xlsx"))), cast("Reading", reading))

    assert (told is not None) == is_told


def test_a_step_reads_the_input_in_its_own_column(tmp_path: Path) -> None:
    """Rule: of two steps that read each other's computed input, none passes: no layer here runs backwards."""
    sheet = openpyxl.load_workbook(ROOT / "fixtures" / "handmade" / "book_simple_rnn.xlsx").active
    cells = {cell.coordinate: cell.value for row in sheet for cell in row if cell.value is not None}
    code, roots = answer(exchanged(cells, "B7", "C7"), tmp_path)
    assert code != 0
    assert roots <= {"B7", "C7"}


def _joined() -> dict[str, object]:
    """Five units in E4:I4 over two inputs, copies of them in E7:I7, and an output over these in E6."""
    cells: dict[str, object] = {"E3": -0.76, "F3": 0.41, "S1": 0.2}
    for number, column in enumerate("EFGHI", start=1):
        cells |= {f"A{number}": 0.3 * number - 0.7, f"B{number}": 0.5 - 0.17 * number, f"C{number}": 0.1 * number}
        cells[f"{column}4"] = f"=MAX(SUMPRODUCT(A{number}:B{number},$E$3:$F$3)+C{number},0)"
        cells |= {f"{column}7": f"={column}4", f"{'LMNOP'[number - 1]}1": 0.9 - 0.35 * number}
    return cells | {"E6": "=1/(1+EXP(-(SUMPRODUCT(L1:P1,E7:I7)+S1)))"}


def test_units_of_a_step_stand_in_one_line(tmp_path: Path) -> None:
    """Rule: a unit and a copy of another one may not change places, so that the next layer reads them otherwise."""
    assert answer(_joined(), tmp_path) == (0, set())
    assert answer(exchanged(_joined(), "H4", "G7"), tmp_path)[0] != 0


def _fetched() -> dict[str, object]:
    """Three units over four inputs at two steps: D14:E17 fetch these, D18:E20 the states before, and row 21 is 1."""
    cells: dict[str, object] = {"C23": 0.0, "C24": 0.0, "C25": 0.0}
    for k in range(24):
        cells[f"{'ABCDEFGH'[k % 8]}{4 + k // 8}"] = round(0.83 * (-1) ** k / (1 + k % 5) + 0.01 * k, 3)
    for column, before, inputs in (("D", "C", (0.75, 0.74, 0.55, -1.15)), ("E", "D", (1.14, -0.47, 0.07, -0.01))):
        for k, number in enumerate(inputs):
            cells |= {f"{column}{9 + k}": number, f"{column}{14 + k}": f"={column}{9 + k}"}
        cells |= {f"{column}{18 + unit}": f"={before}{23 + unit}" for unit in range(3)} | {f"{column}21": 1.0}
        for unit in range(3):
            products = ",".join(f"${w}${4 + unit}*{column}{14 + k}" for k, w in enumerate("ABCDEFGH"))
            cells[f"{column}{23 + unit}"] = f"=TANH(SUM({products}))"
    return cells


def test_a_copy_like_those_beside_it_is_not_to_blame(tmp_path: Path) -> None:
    """Rule: where copies of an input and of a state changed places, no other copy is called wrong to make it fit."""
    code, roots = answer(exchanged(_fetched(), "E17", "D18"), tmp_path)
    assert answer(_fetched(), tmp_path) == (0, set())
    assert code != 0
    assert roots <= {"E17", "D18"}


@pytest.mark.parametrize("change", [None, ("E", "F"), ("A", "B")], ids=["right", "hidden", "inputs"])
def test_what_is_joined_may_stand_in_either_order(change: tuple[str, str] | None, tmp_path: Path) -> None:
    """Rule: hidden units joined to inputs may have their weights before those of the inputs; within a block the weights
    stand in the order of what they multiply, and what reads otherwise in all rows has no verdict."""
    cells: dict[str, object] = {"A1": -0.7, "B1": 0.7, "A2": 0.5, "B2": -0.5, "A3": 0.9, "B3": 0.8}
    cells |= {f"G{row}": weight for row, weight in zip(range(1, 6), (0.3, 0.5, -0.6, 0.9, 0.1), strict=True)}
    order = dict(zip("EFAB", (1, 2, 3, 4), strict=True))
    if change is not None:
        one, other = change
        order |= {one: order[other], other: order[one]}
    for row in range(8, 13):
        cells |= {f"A{row}": 0.4 * row - 4, f"B{row}": 2.9 - 0.05 * row * row}
        for unit, weight in zip("EF", "AB", strict=True):
            cells[f"{unit}{row}"] = f"=TANH($A{row}*{weight}$1+$B{row}*{weight}$2+{weight}$3)"
        cells[f"G{row}"] = "=" + "+".join(f"{read}{row}*$G${at}" for read, at in order.items()) + "+$G$5"
    assert answer(cells, tmp_path) == ((0 if change is None else 3), set())


def test_what_is_looked_up_stands_anywhere_in_its_list(tmp_path: Path) -> None:
    """Rule: an input that is found in a list by a word follows no other one; the rest of its step does."""
    words = ("sun", "rain", "fog", "sun", "wind")
    cells: dict[str, object] = {"H1": "rain", "H2": "fog", "H3": "wind", "H4": "sun", "J2": 1.4, "J3": 0.9, "J4": -0.2}
    cells |= {"I1": -1, "I2": 0, "I3": 0.6, "I4": 1, "J1": -0.3, "K1": 0.1, "K2": -0.5, "K3": 0.7, "K4": 0.3}
    for row, word in enumerate(words, 6):
        cells |= {f"A{row}": word, f"B{row}": 0.3 * row - 2, f"C{row}": 1.1 - 0.2 * row}
        cells[f"D{row}"] = f"=INDEX($I$1:$I$4,MATCH(A{row},$H$1:$H$4,0))"
        for unit, weights in zip("EF", "JK", strict=True):
            products = "+".join(f"${x}{row}*{weights}${k}" for k, x in enumerate("DBC", 2))
            cells[f"{unit}{row}"] = f"=1/(1+EXP(-({products}+{weights}$1)))"
    assert answer(cells, tmp_path) == (0, set())
