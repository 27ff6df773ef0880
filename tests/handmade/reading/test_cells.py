"""The list of a workbook's cells: each once, in order, and read back from an engine in as few pieces as possible."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import openpyxl
import pytest
import xlsxwriter

from xlcheck.engines import engine
from xlcheck.engines.base import PackedValues
from xlcheck.formulas.addresses import MAX_ROWS, Range
from xlcheck.handmade import effort
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.workbook.content import CellError
from xlcheck.workbook.reader import read_workbook


@pytest.fixture
def table(tmp_path: Path) -> CellTable:
    """Numbers, a text, a logical value, an error and formulas of all of these, with gaps."""
    book = openpyxl.Workbook()
    book.active.title = "My sheet"
    contents = {
        "B2": 2.0, "C2": "word", "D2": True,
        "B3": "=B2*3", "C3": '=C2&"s"', "D3": "=NOT(D2)", "F3": "=1/0", "B7": "=B9+1",
    }  # fmt: skip
    for cell, content in contents.items():
        book.active[cell] = content
    book.create_sheet("Empty")
    book.create_sheet("Z")["A1"] = "='My sheet'!B3+1"
    book.save(tmp_path / "book.xlsx")
    return CellTable(read_workbook(tmp_path / "book.xlsx"))


def test_cells_stand_in_the_order_of_the_file(table: CellTable) -> None:
    """Sheet by sheet, row by row; formulas are known by their text."""
    assert [show(a) for a in table.addresses] == [
        *(f"'My sheet'!{cell}" for cell in ("B2", "C2", "D2", "B3", "C3", "D3", "F3", "B7")), "Z!A1"
    ]  # fmt: skip
    assert [show(table.addresses[i]) for i in table.formulas] == [
        *(f"'My sheet'!{cell}" for cell in ("B3", "C3", "D3", "F3", "B7")), "Z!A1"
    ]  # fmt: skip
    assert table.is_formula(("Z", 0, 0))
    assert table.cell(("Z", 5, 5)) is table.cell(("nowhere", 0, 0)) is None
    assert set(table.bounds) == {"My sheet", "Z"}
    assert table.bounds["My sheet"] == Range("My sheet", 1, 1, 6, 5)


def test_what_an_engine_takes_counts_for_the_search(table: CellTable, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes no processor time of this process, and a workbook whose formulas are slow is asked again and again."""
    session = engine("ironcalc").open(table.content.path)
    read = session.read_all

    def slowly(areas: Sequence[Range]) -> PackedValues:
        time.sleep(0.1)
        return read(areas)

    monkeypatch.setattr(session, "read_all", slowly)
    with effort.limited_to(100):
        table.recalculate(session)

        assert effort.left() < 99.92


@pytest.mark.parametrize("name", ["ironcalc", "cellrune"])
@pytest.mark.parametrize("formulas_only", [False, True])
def test_values_are_where_their_cells_are(name: str, formulas_only: bool, table: CellTable) -> None:
    """Numbers are numbers, everything else keeps its kind; a reading of formulas alone leaves constants out."""
    values = table.recalculate(engine(name).open(table.content.path), formulas_only=formulas_only)
    found = {show(a).removeprefix("'My sheet'!"): values[table.index[a]] for a in table.texts}

    assert found == {"B3": 6.0, "C3": "words", "D3": False, "F3": CellError("#DIV/0!"), "B7": 1.0, "Z!A1": 7.0}
    assert np.isnan(values.numbers[table.index["My sheet", 2, 2]])
    if not formulas_only:
        assert [values[table.index["My sheet", 1, column]] for column in (1, 2, 3)] == [2.0, "word", True]


def test_whole_columns_are_cut_to_what_is_used(table: CellTable) -> None:
    """A column of the grid becomes the used part of it; a small range stays as it is."""
    assert table.clip(Range("My sheet", 0, 1, MAX_ROWS, 1)) == Range("My sheet", 0, 1, 7, 1)
    assert table.clip(Range("My sheet", 0, 0, 100, 2)) == Range("My sheet", 0, 0, 100, 2)
    assert table.clip(Range("My sheet", 0, 50, MAX_ROWS, 1)).size == 7


def test_an_array_formula_fills_its_range(tmp_path: Path) -> None:
    """Each cell of it is a formula cell with its own value; the first one spills over all."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        sheet.write_column("A1", (1.0, 2.0, 4.0))
        sheet.write_array_formula("B1:B3", "{=A1:A3*2}")
        sheet.write_formula("C1", "=SUM(B1:B3)")
    table = CellTable(read_workbook(path))
    values = table.recalculate(engine("ironcalc").open(path))

    assert [values[table.index["S", row, 1]] for row in range(3)] == [2.0, 4.0, 8.0]
    assert table.has_arrays
    assert table.spill(("S", 0, 1)) == table.spill(("S", 2, 1)) == Range("S", 0, 1, 3, 1)
    assert table.spill(("S", 0, 2)) == Range("S", 0, 2)
    assert values[table.index["S", 0, 2]] == 14.0
