"""Which cells of a range hold a formula."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import openpyxl
from hypothesis import given, strategies as st
from openpyxl.worksheet.formula import ArrayFormula

from xlcheck.formulas.addresses import Range
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.mistakes.trials import _Sheet
from xlcheck.workbook.cell_codes import code_at, codes_of
from xlcheck.workbook.content import Cell, SheetContent, WorkbookContent
from xlcheck.workbook.reader import read_workbook

SHEET = "lstm"


@cache
def lesson() -> FormulaCells:
    return FormulaCells(read_workbook(Path(__file__).parents[2] / "workbooks" / "lstm.xlsx"))


def test_what_an_array_formula_fills_is_known_by_its_first_cell(tmp_path: Path) -> None:
    """As `A1#` means it; the cell of any other formula, and one without any, is one cell."""
    book = openpyxl.Workbook()
    book.active.title = "S"
    book.active["B2"], book.active["D4"] = ArrayFormula("B2:B5", "=TRANSPOSE(A1:D1)"), "=1+1"
    book.save(tmp_path / "w.xlsx")
    sheet = _Sheet(FormulaCells(read_workbook(tmp_path / "w.xlsx")))

    assert sheet.spill(("S", 1, 1)) == Range("S", 1, 1, 4, 1)
    assert sheet.spill(("S", 3, 3)) == Range("S", 3, 3)
    assert sheet.spill(("S", 9, 9)) == Range("S", 9, 9)


@given(st.integers(0, 40), st.integers(0, 16), st.integers(1, 30), st.integers(1, 8))
def test_the_cells_of_a_range_are_those_that_lie_in_it(top: int, left: int, rows: int, columns: int) -> None:
    """Of any range, whatever stands beside it: the formulas, and apart from them the constants."""
    area = Range(SHEET, top, left, rows, columns)
    filled = [code for code in codes_of(area).tolist() if lesson().cell(SHEET, code) is not None]
    formulas = [code for code in filled if lesson().text(SHEET, code) is not None]

    assert lesson().within(area).tolist() == formulas
    assert lesson().constants_within(area).tolist() == [code for code in filled if code not in formulas]


def test_of_many_formulas_one_of_each_kind_is_asked_about() -> None:
    """If it says anything, each by itself; of other cells than those named nobody is told."""
    cells = {
        (row, 0): Cell(1.0, text)
        for row, text in enumerate(("A9", "B9", "now()+C9", "NOW()+A9", "NOW()+B9", "NOW()+C9"))
    }
    sheet = SheetContent("S", "visible", {**cells, (9, 0): Cell(3.0)})
    formulas = FormulaCells(WorkbookContent(Path("a.xlsx"), {"S": sheet}))
    asked = np.array([code_at(row, 0) for row in (0, 1, 2, 3, 4, 9)])
    told: list[str] = []

    assert formulas.said("S", asked, lambda text: told.append(text) or ("NOW(" in text and text[-2:])) == {
        code_at(3, 0): "A9",
        code_at(4, 0): "B9",
    }
    assert sorted(told) == ["A9", "NOW()+A9", "NOW()+A9", "NOW()+B9", "now()+C9"]
