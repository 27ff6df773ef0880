"""How a worksheet is written beside its cells: what may be changed, what stays in view, whether it is seen."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from xlcheck.workbook.plan import PlannedSheet, WorkbookPlan
from xlcheck.workbook.writer import write_workbook


def written(folder: Path, **sheet: Any) -> Any:
    """The worksheet as openpyxl reads it, behind another one."""
    path = folder / "m.xlsx"
    write_workbook(WorkbookPlan((PlannedSheet("First", ()), PlannedSheet("S", (), **sheet))), path)
    return openpyxl.load_workbook(path)["S"]


def test_on_a_protected_sheet_looks_may_be_changed_and_nothing_else(tmp_path: Path) -> None:
    """Widths, heights and formats of cells are the reader's own; it asks for no password."""
    protection = written(tmp_path, protected=True).protection
    allowed = {name for name in vars(type(protection)) if name.endswith(("Columns", "Rows", "Cells", "Hyperlinks"))}
    allowed = {name for name in allowed if getattr(protection, name) is False and "select" not in name}

    assert protection.sheet
    assert not protection.password
    assert allowed == {"formatCells", "formatColumns", "formatRows"}
    assert not written(tmp_path).protection.sheet


def test_columns_and_rows_are_as_large_as_excel_allows(tmp_path: Path) -> None:
    """A long name of a layer needs no wider one, with which Excel would not open the file."""
    sheet = written(tmp_path, widths={0: 541.0, 1: 9.0}, heights={0: 500.0})

    assert sheet.column_dimensions["A"].width == pytest.approx(255, abs=1)
    assert sheet.row_dimensions[1].height == pytest.approx(409, abs=0.5)


@pytest.mark.parametrize(("freeze", "cell"), [((2, 1), "B3"), ((5, 0), "A6"), (None, None)])
def test_what_scrolls_begins_where_the_plan_says(
    freeze: tuple[int, int] | None, cell: str | None, tmp_path: Path
) -> None:
    """The first row and column that do."""
    assert written(tmp_path, freeze=freeze).freeze_panes == cell


@pytest.mark.parametrize(("hidden", "state"), [(True, "veryHidden"), (False, "visible")])
def test_only_a_program_shows_a_hidden_sheet(hidden: bool, state: str, tmp_path: Path) -> None:
    """No reader finds it in a menu."""
    assert written(tmp_path, hidden=hidden).sheet_state == state


def test_only_what_xlsxwriter_warns_of_ends_the_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It warns where it drops something, and that is no workbook; what other threads warn of is their own matter."""
    written(tmp_path)
    usual = xlsxwriter.Workbook.close

    def beside(book: xlsxwriter.Workbook) -> None:
        warnings.warn("somebody else's", UserWarning, stacklevel=1)
        usual(book)

    monkeypatch.setattr("xlsxwriter.Workbook.close", beside)
    with pytest.warns(UserWarning, match="somebody else's"):
        written(tmp_path)

    monkeypatch.setattr("xlsxwriter.Workbook.close", lambda book: book.worksheets()[0].write_url("A1", "x" * 3000))
    with pytest.raises(UserWarning, match="exceeds Excel's limit"):
        written(tmp_path)
