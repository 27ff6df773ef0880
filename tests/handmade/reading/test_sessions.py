"""One session of a workbook is used again, and always holds what the file holds."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from xlcheck.engines import engine
from xlcheck.engines.base import Session
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.sessions import Sessions
from xlcheck.workbook.reader import read_workbook


class Counting:
    """An engine that counts how often a workbook is loaded."""

    def __init__(self) -> None:
        self._engine = engine("ironcalc")
        self.name, self.version, self.absolute_tolerance = "ironcalc", "1", 0.0
        self.opened = 0

    def open(self, path: Path) -> Session:
        self.opened += 1
        return self._engine.open(path)


@pytest.fixture
def table(tmp_path: Path) -> CellTable:
    """A worksheet with a constant, a formula that reads it, and one that reads an empty cell."""
    book = openpyxl.Workbook()
    book.active["A1"], book.active["B1"], book.active["C1"], book.active["A3"] = 0.1, "=A1*2", "=B1+A2", "word"
    book.save(tmp_path / "book.xlsx")
    return CellTable(read_workbook(tmp_path / "book.xlsx"))


def numbers(table: CellTable, session: Session) -> list[float]:
    """What the two formulas give."""
    found = table.recalculate(session).numbers
    return [float(found[table.index["Sheet", 0, column]]) for column in (1, 2)]


def test_constants_are_put_back(table: CellTable) -> None:
    """After constants were changed, the same session holds the saved numbers again, exactly."""
    counting = Counting()
    sessions = Sessions(counting, table)
    first = sessions.saved()
    first.set("Sheet", 0, 0, 7.0)

    assert numbers(table, first) == [14.0, 14.0]
    assert numbers(table, sessions.saved()) == [0.2, 0.2]
    assert counting.opened == 1


@pytest.mark.parametrize("cell", [(0, 1), (1, 0), (2, 0)], ids=["formula", "empty", "text"])
def test_what_cannot_be_put_back_is_loaded_anew(cell: tuple[int, int], table: CellTable) -> None:
    """Where a formula, an empty cell or a text was overwritten, the workbook is loaded again."""
    counting = Counting()
    sessions = Sessions(counting, table)
    sessions.saved().set("Sheet", *cell, 5.0)

    assert numbers(table, sessions.saved()) == [0.2, 0.2]
    assert counting.opened == 2


def test_a_session_of_its_own(table: CellTable) -> None:
    """A session that was opened for itself does not meet the shared one."""
    sessions = Sessions(Counting(), table)
    own = sessions.open()
    own.set("Sheet", 0, 0, 3.0)

    assert numbers(table, own) == [6.0, 6.0]
    assert numbers(table, sessions.saved()) == [0.2, 0.2]
