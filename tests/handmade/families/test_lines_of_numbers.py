"""Numbers typed into formulas that pick something: each stays or counts on along a row, but for one of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from xlcheck.handmade.families.lines_of_numbers import picked_out_of_turn
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.workbook.reader import read_workbook


@pytest.mark.parametrize(
    ("picked", "odd"),
    [
        ((1, 2, 3, 4), []),
        ((1, 2, 2, 4), ["S!E4"]),
        ((1, 2, 3, 3), ["S!F4"]),
        ((2, 2, 3, 4), ["S!C4"]),
        ((2, 3, 4, 6), []),  # a column of a table that is left out
        ((7, 7, 6, 7), ["S!E4"]),
        ((7, 7, 7, 6), ["S!F4"]),
        ((1, 2, 2), []),
        ((1, 1, 2, 2), []),
    ],
)
@pytest.mark.parametrize("formula", ["=INDEX($H$1:$H$9,CODE(MID($A4,{0},1))-96)", "=VLOOKUP($A4,$H$1:$P$9,{0},0)"])
def test_one_that_picks_otherwise_is_named(picked: Sequence[int], odd: list[str], formula: str, tmp_path: Path) -> None:
    """Rule: three others tell what a formula should pick; what only ends a line may be meant."""
    book = openpyxl.Workbook()
    book.active.title = "S"
    book.active["A4"] = "anna"
    for column, number in zip("CDEF", picked, strict=False):
        book.active[f"{column}4"] = formula.format(number)
    book.save(tmp_path / "w.xlsx")
    found = [*picked_out_of_turn(CellTable(read_workbook(tmp_path / "w.xlsx")))]

    assert [text.split()[0] for text in found] == odd
