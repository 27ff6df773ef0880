"""Names of mistakes in workbooks made by hand: given where they are certain, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from equation_sheets import TOYS, save

from xlcheck import api
from xlcheck.verdicts.report import CellResult

pytestmark = pytest.mark.keras

BINDINGS = """
[[model]]
[[model.layer]]
type = "SimpleRNN"
name = "rnn"
units = 1
kernel = "E1:E3"
recurrent_kernel = "F1"
bias = "G1"
[[model.document]]
x = ["A1:A3"]
"""
RIGHT = "SUMPRODUCT(A1:A3,E1:E3)+G1"


def dense_with_a_loss(changed: dict[str, object]) -> dict[str, object]:
    """A unit with two inputs over four samples, its squared errors, and their mean."""
    cells: dict[str, object] = {"A2": 0.7, "B2": -0.4, "C2": 0.3}
    for row in range(5, 9):
        cells |= {f"A{row}": 0.3 * row - 1.7, f"B{row}": 1.1 - 0.05 * row * row, f"E{row}": (row % 2) * 0.8}
        cells |= {
            f"C{row}": f"=A{row}*$A$2+B{row}*$B$2+$C$2",
            f"D{row}": f"=TANH(C{row})",
            f"F{row}": f"=(E{row}-D{row})^2",
        }
    return {**cells, "F10": "=AVERAGE(F5:F8)", **changed}


def root(folder: Path, formula: str) -> CellResult:
    """What the check says of a weighted sum of three inputs."""
    path = folder / "mine.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        sheet.write_column("A1", (0.5, -0.25, 0.75))
        sheet.write_column("E1", (0.3, -0.6, 0.45))
        sheet.write("F1", 0.9)
        sheet.write("G1", 0.15)
        sheet.write_formula("H1", f"={formula}")
        sheet.write_formula("I1", "=TANH(H1)")
    (folder / "mine.toml").write_text(BINDINGS)
    report = api.check(path, bindings=folder / "mine.toml")
    (found,) = report.roots
    assert found.cell == "H1"
    return found


@pytest.mark.parametrize(
    ("formula", "name"),
    [
        ("SUMPRODUCT(A1:A2,E1:E2)+G1", "range-too-short"),
        ("SUMPRODUCT(A2:A3,E2:E3)+G1", "range-too-short"),
        ("SUMPRODUCT(A1:A3,E1:E3)+2*G1", "bias-counted-twice"),
        ("SUMPRODUCT(A1:A3,E1:E3)-G1", "wrong-sign"),
        ("ROUND(SUMPRODUCT(A1:A3,E1:E3)+G1,2)", "rounded-to-n-digits"),
        # The third product stands beside the range: nothing is too short.
        ("1.01*(SUMPRODUCT(A1:A2,E1:E2)+A3*E3+G1)", None),
        ("1.01*(SUMPRODUCT(A1:A3,E1:E3)+G1)", None),
    ],
)
def test_a_mistake_is_named_where_it_is_certain(formula: str, name: str | None, tmp_path: Path) -> None:
    """A formula that is wrong in some way that nobody knows gets no name."""
    assert root(tmp_path, formula).diagnosis == name


@pytest.mark.parametrize(
    ("formula", "desired"),
    [
        ("SUMPRODUCT(A1:A3,E1:E3)+F1", f"={RIGHT}"),
        ("SUMPRODUCT(A1:A3,E1:E3)-G1", f"={RIGHT}"),
        ("ROUND(SUMPRODUCT(A1:A3,E1:E3)+G1,2)", f"={RIGHT}"),
        ("1.01*(SUMPRODUCT(A1:A3,E1:E3)+G1)", None),
    ],
)
def test_the_right_formula_is_shown_where_it_is_certain(formula: str, desired: str | None, tmp_path: Path) -> None:
    """It keeps the style and the references of the sheet; where none is found, none is shown."""
    assert root(tmp_path, formula).desired_formula == desired


def test_an_exponential_without_its_minus_is_named(tmp_path: Path) -> None:
    """Where a sigmoid lacks the minus, it stays a sigmoid, though a tanh would make a network of the sheet as well."""
    cells = {**TOYS["rnn"], "C7": "=B7*$A$2+$B$2", "D7": "=1/(1+EXP(C7))", "E7": 1, "F7": "=-LN(D7)"}
    (found,) = api.check(save(cells, tmp_path / "w.xlsx")).roots
    assert (found.cell, found.diagnosis, found.desired_formula) == ("D7", "wrong-sign", "=1/(1+EXP(-C7))")


def test_gates_that_are_exchanged_are_called_so(tmp_path: Path) -> None:
    """No weight is read in a cell state: what is exchanged are the gates."""
    cells = {**TOYS["lstm"], "D13": "=D9*C13+D8*D10"}
    shown = {f"F{row}": f'=IF(ABS(D{row})>0,"DONE","NOT DONE")' for row in (8, 9, 11)}
    report = api.check(save(cells | shown, tmp_path / "w.xlsx"))
    (found,) = report.roots
    assert report.counts.formula_cells == sum(str(own).startswith("=") for own in (cells | shown).values())
    assert (found.cell, found.diagnosis) == ("D13", "gate-order")
    assert "the f gate and the i gate are exchanged" in found.message


def test_the_samples_of_a_layer_with_a_loss_are_no_steps(tmp_path: Path) -> None:
    """A layer without memory has samples, also where a loss is their mean."""
    (found,) = api.check(save(dense_with_a_loss({"C7": "=A7*$A$2+B7*$B$2-$C$2"}), tmp_path / "w.xlsx")).roots
    assert found.sample == 3
    assert found.message.startswith("z of dense (")
