"""A network in a table of Excel, whose formulas name columns, is checked like any other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest
from openpyxl.worksheet.table import Table

from xlcheck import api

pytestmark = pytest.mark.keras

ROWS = 10


def write(path: Path, slips: dict[str, str]) -> Path:
    """Two hidden units and an output, a sample a row; weights stand beside the table."""
    book = openpyxl.Workbook()
    sheet = book["Sheet"]
    rng = np.random.default_rng(5)
    for column, numbers in zip("IJK", rng.normal(size=(3, 3)).round(3).tolist(), strict=True):
        for row, number in enumerate(numbers, 1):
            sheet[f"{column}{row}"] = number
    for column, title in enumerate(["x1", "x2", "hidden 1", "hidden 2", "out"], 1):
        sheet.cell(5, column, title)
    unit = "=TANH(Data[[#This Row],[x1]]*${0}$1+Data[[#This Row],[x2]]*${0}$2+${0}$3)"
    total = "Data[[#This Row],[hidden 1]]*$K$1+Data[[#This Row],[hidden 2]]*$K$2+$K$3"
    for row in range(6, 6 + ROWS):
        inputs = rng.normal(size=2).round(3).tolist()
        for column, content in enumerate([*inputs, unit.format("I"), unit.format("J"), f"=1/(1+EXP(-({total})))"], 1):
            sheet.cell(row, column, content)
    for cell, formula in slips.items():
        sheet[cell] = formula
    sheet.add_table(Table(displayName="Data", ref=f"A5:E{5 + ROWS}"))
    book.save(path)
    return path


def test_each_formula_of_a_table_is_compared(tmp_path: Path) -> None:
    """The network is recognised as if its formulas read cells."""
    report = api.check(write(tmp_path / "table.xlsx", {}))

    assert (report.exit_code, report.counts.agree) == (0, 3 * ROWS)


def test_the_formula_that_names_another_column_is_the_root(tmp_path: Path) -> None:
    """One cell takes a weight of its neighbour; nobody else is blamed, and a note says how formulas are shown."""
    wrong = "=TANH(Data[[#This Row],[x1]]*$J$1+Data[[#This Row],[x2]]*$I$2+$J$3)"
    report = api.check(write(tmp_path / "table.xlsx", {"D9": wrong}))
    (root,) = report.roots

    assert (report.exit_code, root.cell, root.diagnosis) == (1, "D9", "neighbour-unit")
    assert root.desired_formula == "=TANH($A9*$J$1+$B9*$J$2+$J$3)"
    assert any("columns of tables" in note for note in report.notes)
