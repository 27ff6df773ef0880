"""Formulas that name columns of Excel's tables are read as the cells that they mean, as engines calculate them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.table import Table as OfOpenpyxl

from xlcheck.choices import EngineName
from xlcheck.engines import engine
from xlcheck.engines.plain import write_plain
from xlcheck.formulas.addresses import Range
from xlcheck.workbook.reader import read_workbook
from xlcheck.workbook.tables import Table, expanded

TABLES = {"net": Table("Net", Range("Own", 4, 1, 7, 4), ("x", "my w", "w[1]", "y#"), 1, 1)}

MEANINGS = {
    "Net[[#This Row],[x]]*$A$1+net[[#This Row],[my w]]": "$B7*$A$1+$C7",
    "[@x]*[@[my w]]": "$B7*$C7",
    "Net[@x]": "$B7",
    "SUM(Net[x])": "SUM($B$6:$B$10)",
    "SUM(Net)": "SUM($B$6:$E$10)",
    "SUM(Net[])": "SUM($B$6:$E$10)",
    "SUM(Net[[x]:[w'[1']]])": "SUM($B$6:$D$10)",
    "SUM(Net[[#This Row],[x]:[my w]])": "SUM($B7:$C7)",
    "Net[[#Headers],[y'#]]": "$E$5",
    "Net[[#Totals],[x]]": "$B$11",
    "ROWS(Net[#All])": "ROWS($B$5:$E$11)",
    "ROWS(Net[[#Headers],[#Data],[x]])": "ROWS($B$5:$B$10)",
    # What means nothing, or is no table's, stays as it is.
    "Net[other]": "Net[other]",
    "Other[x]": "Other[x]",
    "Network*2": "Network*2",
    '"Net[x]"&A1': '"Net[x]"&A1',
    "[1]Sheet1!A1": "[1]Sheet1!A1",
}


@pytest.mark.parametrize("formula", MEANINGS)
def test_a_column_of_a_table_is_its_cells(formula: str) -> None:
    """Its name stays where a formula is filled on, and this row goes down with it."""
    assert expanded(formula, "Own", 6, TABLES) == MEANINGS[formula]


def test_elsewhere_it_says_on_which_worksheet() -> None:
    """This row is that of the formula; beside no row of the data there is none."""
    assert expanded("SUM(Net[x])", "My sheet", 0, TABLES) == "SUM(Own!$B$6:$B$10)"
    assert expanded("Net[[#This Row],[x]]", "My sheet", 6, TABLES) == "Own!$B7"
    assert expanded("Net[[#This Row],[x]]", "My sheet", 4, TABLES) == "Net[[#This Row],[x]]"


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """Two tables, of which one is read from another worksheet, too."""
    book = openpyxl.Workbook()
    net, far = book["Sheet"], book.create_sheet("Far away")
    net.title = "Net"
    net.append(["x", "w 1", "z", "y"])
    for row in range(2, 8):
        net.append([row / 7, 1 / row, "=Net[[#This Row],[x]]*Net[[#This Row],[w 1]]", "=TANH(Net[[#This Row],[z]])"])
    net.add_table(OfOpenpyxl(displayName="Net", ref="A1:D7"))
    for formula in ("=SUM(Net[y])", "=MAX(Net[[x]:[w 1]])", "=COUNTA(Net[[#Headers],[x]:[y]])", "=SUM(Net[#Data])"):
        far.append([None, formula])
    book.save(tmp_path / "tables.xlsx")
    return tmp_path / "tables.xlsx"


@pytest.mark.parametrize("name", ["ironcalc", "cellrune"])
def test_what_was_read_calculates_as_the_file_does(name: EngineName, workbook: Path, tmp_path: Path) -> None:
    """An engine that knows tables gives the file the values of a copy in which there are none."""
    write_plain(read_workbook(workbook), tmp_path / "plain.xlsx")
    areas = [Range("Net", 1, 2, 6, 2), Range("Far away", 0, 1, 4, 1)]

    values = []
    for path in (workbook, tmp_path / "plain.xlsx"):
        session = engine(name).open(path)
        session.recalculate()
        values.append([session.read(area) for area in areas])

    assert "[" not in "".join(cell.formula or "" for *_, cell in read_workbook(workbook).formula_cells())
    assert values[0] == values[1]
    assert values[0][1][2] == [4]
