"""Rows and columns that somebody has inserted or deleted are found by the words that moved with them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from xlcheck import api
from xlcheck.errors import NothingCheckedError
from xlcheck.verdicts.generated.altered import shifted
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.manifest import SHEET
from xlcheck.workbook.reader import read_workbook

LSTM = Path(__file__).parents[2] / "workbooks" / "lstm.xlsx"


def moved(content: WorkbookContent, sheet: str, down: int, right: int, at: int) -> WorkbookContent:
    """The workbook with so many rows or columns inserted into a worksheet at a place, or deleted there."""
    own, by, axis = content.sheets[sheet], down or right, 0 if down else 1
    cells = {}
    for place, cell in own.cells.items():
        if by < 0 and at <= place[axis] < at - by:
            continue
        shift = place[axis] >= at
        cells[place[0] + down * shift, place[1] + right * shift] = cell
    return replace(content, sheets={**content.sheets, sheet: replace(own, cells=cells)})


@pytest.mark.parametrize(
    ("sheet", "down", "right", "at", "said"),
    [
        ("lstm", 1, 0, 8, "1 row was inserted above row 9 of lstm"),
        ("lstm", 2, 0, 0, "2 rows were inserted above row 1 of lstm"),
        ("Weights", 0, 1, 1, "1 column was inserted before column B of Weights"),
        ("lstm", 0, 3, 5, "3 columns were inserted before column F of lstm"),
        ("lstm", -1, 0, 8, "1 row was deleted at row 9 of lstm"),
        ("Numbers", -2, 0, 9, "2 rows were deleted at row 10 of Numbers"),
        ("lstm", 0, -1, 1, "1 column was deleted at column B of lstm"),
        ("lstm", 0, -1, 6, "1 column was deleted at column F or G of lstm"),  # in which no words stand
    ],
)
def test_what_was_inserted_or_deleted_is_said(sheet: str, down: int, right: int, at: int, said: str) -> None:
    """How many rows or columns, and where."""
    content = read_workbook(LSTM)

    assert list(shifted(moved(content, sheet, down, right, at), content.sheets[SHEET])) == [said]


@pytest.mark.parametrize("rows", [1, 2, 10])
def test_other_words_are_no_move(rows: int) -> None:
    """Whoever writes over labels, or exchanges two rows of them, has moved nothing."""
    content = read_workbook(LSTM)
    own = content.sheets["lstm"]
    words = {place: cell for place, cell in own.cells.items() if cell.formula is None and isinstance(cell.value, str)}
    others = {place: replace(cell, value="other") for place, cell in words.items() if place[0] < 8 + rows}
    edited = replace(content, sheets={**content.sheets, "lstm": replace(own, cells={**own.cells, **others})})

    assert list(shifted(content, content.sheets[SHEET])) == []
    assert list(shifted(edited, content.sheets[SHEET])) == []


def test_nobody_is_blamed_where_everything_stands_elsewhere(tmp_path: Path) -> None:
    """Programs let formulas follow, so all may be right; it is not known, and the sentence says what to do."""
    book = openpyxl.load_workbook(LSTM)
    book["lstm"].insert_rows(9)
    book.save(tmp_path / "row.xlsx")

    with pytest.raises(NothingCheckedError, match=r"1 row was inserted above row 9 of lstm, so its cells do not stand"):
        api.check(tmp_path / "row.xlsx")
