"""What a wrong cell is meant to hold is what those that read it take it for."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from xlcheck.api import check

pytestmark = pytest.mark.keras

_BINDINGS = """
[[model]]
[[model.layer]]
type = "Dense"
units = 3
activation = "softmax"
kernel = { range = "B1:D3", transposed = false }
[[model.document]]
x = "A1:A3"
"""


def test_what_goes_on_to_be_a_result_is_none_itself(tmp_path: Path) -> None:
    """Rule: sums that leave out an input are wrong sums of a softmax, since their exponentials and shares follow."""
    sheet = (book := openpyxl.Workbook()).active
    numbers = {"A1": 0.5, "A2": -1.5, "A3": 0.75, "B1": 0.3, "B2": 0.7, "B3": -0.2}
    numbers |= {"C1": -0.4, "C2": 0.9, "C3": 0.6, "D1": 0.8, "D2": -0.1, "D3": -0.5}
    for cell, number in numbers.items():
        sheet[cell] = number
    for column in "BCD":
        sheet[f"{column}5"] = f"=SUMPRODUCT($A$2:$A$3,{column}2:{column}3)"
        sheet[f"{column}6"] = f"=EXP({column}5)"
        sheet[f"{column}7"] = f"={column}6/SUM($B$6:$D$6)"
    book.save(tmp_path / "mine.xlsx")
    (tmp_path / "mine.toml").write_text(_BINDINGS, encoding="utf-8")
    roots = {root.cell: (root.quantity, root.diagnosis) for root in check(tmp_path / "mine.xlsx").roots}

    assert roots == {f"{c}5": (f"dense.z[{unit}]", "range-too-short") for unit, c in enumerate("BCD")}


def test_a_number_that_only_a_result_reads_is_wrong(tmp_path: Path) -> None:
    """Rule: a number typed over the last sum leaves a result that reads nothing of the network; the number is wrong."""
    sheet = (book := openpyxl.Workbook()).active
    for cell, number in {"A1": 0.5, "A2": -1.5, "A3": 0.75, "B1": 0.3, "B2": 0.7, "B3": -0.2, "B5": 0.25}.items():
        sheet[cell] = number
    sheet["B6"] = "=1/(1+EXP(-B5))"
    book.save(tmp_path / "mine.xlsx")
    text = _BINDINGS.replace("units = 3", "units = 1").replace("softmax", "sigmoid").replace("B1:D3", "B1:B3")
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    roots = [(root.cell, root.quantity, root.diagnosis) for root in check(tmp_path / "mine.xlsx").roots]

    assert roots == [("B5", "dense.z[0]", "constant-over-formula")]
