"""Worksheets that have nothing to do with one another are looked at one by one."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from xlcheck.engines import engine
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.sheet_groups import SheetGroup, sheet_groups
from xlcheck.workbook.reader import read_workbook


@pytest.fixture
def groups(tmp_path: Path) -> list[SheetGroup]:
    """A chain over two worksheets, a worksheet of its own, and one without formulas."""
    book = openpyxl.Workbook()
    first = book.active
    first.title = "weights"
    first["A1"] = 2.0
    second, third, _ = (book.create_sheet(name) for name in ("sums", "other", "empty"))
    second["A1"], second["A2"] = "=weights!A1*3", "=A1+1"
    third["A1"], third["B1"] = "=1/0", 5.0
    book.save(tmp_path / "w.xlsx")
    table = CellTable(read_workbook(tmp_path / "w.xlsx"))
    return sheet_groups(table, answers_of(table, engine("ironcalc")).values, Precedents(table))


def test_worksheets_that_read_one_another_are_one_part(groups: list[SheetGroup]) -> None:
    """References join worksheets; one without formulas that nobody reads is in no part; small parts come first."""
    assert [group.sheets for group in groups] == [("other",), ("weights", "sums")]


def test_a_part_knows_its_own_cells_and_values(groups: list[SheetGroup]) -> None:
    """Values, errors among them, stand at the same cells as in the whole workbook."""
    other, chain = groups

    assert chain.values[chain.table.index["sums", 1, 0]] == 7.0
    assert str(other.values[other.table.index["other", 0, 0]].code) == "#DIV/0!"  # type: ignore[union-attr]
    assert chain.precedents.of(("sums", 0, 0)) == [("weights", 0, 0)]
