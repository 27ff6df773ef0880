"""Names of mistakes in workbooks made by hand: given where they are certain, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

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
        ("ROUND(SUMPRODUCT(A1:A3,E1:E3)+G1,2)", f"={RIGHT}"),
        ("1.01*(SUMPRODUCT(A1:A3,E1:E3)+G1)", None),
    ],
)
def test_the_right_formula_is_shown_where_it_is_certain(formula: str, desired: str | None, tmp_path: Path) -> None:
    """It keeps the style and the references of the sheet; where none is found, none is shown."""
    assert root(tmp_path, formula).desired_formula == desired
