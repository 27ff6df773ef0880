"""What a report says of the parts of a workbook that have no verdict."""

from __future__ import annotations

import openpyxl

from xlcheck.engines import engine
from xlcheck.handmade.accepting.summary import Abstention, reasons
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.workbook.reader import read_workbook


def test_a_reason_is_said_once(tmp_path: object) -> None:
    """Rule: what is true of several worksheets is said of them together, behind what is true of one alone."""
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    book.save(f"{tmp_path}/book.xlsx")
    table = CellTable(read_workbook(f"{tmp_path}/book.xlsx"))
    values = answers_of(table, engine("ironcalc", guarded=False)).values

    def part(reason: str, *sheets: str) -> Abstention:
        return Abstention(table, values, (), reason, sheets=sheets)

    said = reasons([part("nothing was recognised; say what it is", "A"), part("", "B"),
                    part("B2 reads no state; say what it is", "B"), part("nothing was recognised", "C")])  # fmt: skip

    assert said == (
        "worksheet 'B': B2 reads no state",
        "worksheets 'A' and 'C': nothing was recognised",
        "worksheets 'A' and 'B': say what it is",
    )
    assert reasons([part("nothing was recognised; say what it is")]) == ("nothing was recognised; say what it is",)
