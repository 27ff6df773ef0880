"""An input that is fetched from an empty cell: the formula that fetches it is wrong, and no network passes with it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from xlcheck import check

INPUTS = {"B": (0.5, -0.3, 0.8), "C": (0.2, 0.9, -0.4)}
WEIGHTS = ((0.3, -0.7), (0.6, 0.1), (-0.2, 0.45), (0.05, -0.15))


def workbook(path: Path, fetched: dict[str, str]) -> Path:
    """Two samples of three numbers, fetched one by one, and a Dense layer of two units; some are fetched otherwise."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Sheet1"
    for row, weights in enumerate(WEIGHTS):
        for column, weight in enumerate(weights):
            sheet.cell(7 + row, 5 + column, weight)
    for column, numbers in INPUTS.items():
        for place, number in enumerate(numbers):
            sheet[f"{column}{2 + place}"] = number
            sheet[f"{column}{7 + place}"] = f"={column}{2 + place}"
        for unit, weight in enumerate("EF"):
            products = "+".join(f"{column}{row}*${weight}${row}" for row in (7, 8, 9))
            sheet[f"{column}{12 + unit}"] = f"=TANH({products}+${weight}$10)"
    for cell, formula in fetched.items():
        sheet[cell] = formula
    book.save(path)
    return path


def test_fetched_inputs_pass(tmp_path: Path) -> None:
    """Where each is fetched from its own cell, all agrees."""
    assert check(workbook(tmp_path / "right.xlsx", {})).exit_code == 0


@pytest.mark.parametrize(("cell", "formula", "meant"), [("C8", "=D3", "=C3"), ("B8", "=A3", "=B3")])
def test_a_formula_that_fetches_an_empty_cell_is_the_root(cell: str, formula: str, meant: str, tmp_path: Path) -> None:
    """It is named, with the formula that should stand there; what is computed with it is carried."""
    report = check(workbook(tmp_path / "wrong.xlsx", {cell: formula}))

    assert [(root.cell, root.diagnosis, root.desired_formula) for root in report.roots] == [
        (cell, "empty-cell-read", meant)
    ]
    assert report.counts.carried == 2
