"""Cells that were inserted beside numbers that are none of the network's: formulas follow, and nobody is blamed."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from test_deleted_lines import without_line
from test_moved_cells import LSTM, formula_cells, with_cells_inserted

from xlcheck import api
from xlcheck.errors import NothingCheckedError
from xlcheck.formulas.addresses import parse_range


@pytest.mark.parametrize(("sheet", "column"), [("Numbers", "A"), ("Numbers", "B"), ("Matrices", "A"), ("Check", "A")])
def test_formulas_that_follow_a_deletion_are_not_blamed(sheet: str, column: str, tmp_path: Path) -> None:
    """Rule: where a column was deleted that no formula read, that is said, and the check ends with 3."""
    without_line(tmp_path / "w.xlsx", sheet, column)

    with pytest.raises(
        NothingCheckedError, match=f"cells of {sheet} from .* moved 1 column to the left|was deleted at"
    ):
        api.check(tmp_path / "w.xlsx")


@pytest.mark.parametrize("rows", [range(17, 18), range(40, 48), range(47, 48), range(6, 48)], ids=str)
def test_formulas_that_read_beside_are_wrong(rows: range, tmp_path: Path) -> None:
    """Rule: cells that have moved stand where they are read now, and no others where cells were inserted."""
    book = openpyxl.load_workbook(LSTM)
    for row in rows:
        cell = book["Numbers"][f"G{row}"]
        assert f"E{row}-F{row}" in cell.value
        cell.value = cell.value.replace(f"E{row}-", f"E{row + 1}-")
    book.save(tmp_path / "w.xlsx")

    assert api.check(tmp_path / "w.xlsx").exit_code == 1


@pytest.mark.parametrize(("sheet", "cell", "formula"), [("Numbers", "G40", "=E40-F40"), ("lstm", "F9", "=0.5")])
def test_another_mistake_beside_is_still_one(sheet: str, cell: str, formula: str, tmp_path: Path) -> None:
    """Rule: one formula that the move does not explain, and the cells are blamed."""
    with_cells_inserted(tmp_path / "w.xlsx", parse_range("D17:E17", "Numbers"), down=True)
    book = openpyxl.load_workbook(tmp_path / "w.xlsx")
    book[sheet][cell] = formula
    book.save(tmp_path / "w.xlsx")

    assert api.check(tmp_path / "w.xlsx").exit_code == 1


@pytest.mark.parametrize("torn", ["", "(?!:)"], ids=["ranges follow", "ranges stay"])
def test_look_ups_elsewhere_may_follow(torn: str, tmp_path: Path) -> None:
    """Rule: an input that other worksheets show is read there where it has gone; one that reads beside it is wrong.
    A range of which only a part has moved is left as it is."""
    for cell in ("F12", "F40"):
        book = openpyxl.load_workbook(LSTM.with_name("simple-rnn-book.xlsx"))
        own = book["simple_rnn"]
        own["E13"], own["E12"] = own["E12"].value, None
        for sheet in book:
            for found in formula_cells(sheet):
                found.value = re.sub(rf"(simple_rnn!\$?E\$?)12\b{torn}", r"\g<1>13", found.value)
        for found in formula_cells(own):
            found.value = re.sub(r"(?<![A-Z!$])(\$?E\$?)12\b", r"\g<1>13", found.value)
        if cell == "F40":
            book["Documents"]["C12"] = "=simple_rnn!E14"
        book.save(tmp_path / f"{cell}.xlsx")

    with pytest.raises(NothingCheckedError, match="cells of simple_rnn from E12 on were moved 1 row down"):
        api.check(tmp_path / "F12.xlsx")
    assert api.check(tmp_path / "F40.xlsx").exit_code == 1
