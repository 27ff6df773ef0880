"""Changing constants in a copy of a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from workbook_parts import MAIN, workbook_parts

from xlcheck.errors import UsageError
from xlcheck.workbook.constants import write_with_constants
from xlcheck.workbook.reader import read_workbook

SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as writer:
        bold = writer.add_format({"bold": True})
        sheet = writer.add_worksheet("S")
        sheet.write("A1", 1.0, bold)
        sheet.write("B1", "text")
        sheet.write("C1", None, bold)
        sheet.write_formula("A2", "=A1*2", None, 2)
        sheet.write_comment("A1", "a note")
        other = writer.add_worksheet("My sheet")
        other.write("A1", 5)
    return path


def test_changes_only_the_given_cells(book: Path, tmp_path: Path) -> None:
    """Numbers replace texts and texts numbers, with their format; formulas and other parts stay, as does the file."""
    before = book.read_bytes()
    copy = tmp_path / "copy.xlsx"
    write_with_constants(book, copy, {"S": {(0, 0): "a<b & é\r", (0, 1): 0.1}, "My sheet": {(0, 0): -1e-300}})

    changed = {name: dict(sheet.cells) for name, sheet in read_workbook(copy).sheets.items()}
    assert changed["S"][0, 0].value == "a<b & é\r"
    assert changed["S"][0, 1].value == 0.1
    assert changed["S"][1, 0] == read_workbook(book).sheets["S"].cells[1, 0]
    assert changed["My sheet"][0, 0].value == -1e-300
    sheet = openpyxl.load_workbook(copy)["S"]
    assert sheet["A1"].font.bold
    assert sheet["A1"].comment.text == "a note"
    assert book.read_bytes() == before


def test_a_blank_cell_with_a_format_can_be_set(book: Path, tmp_path: Path) -> None:
    """A cell that only has a format is there to be filled in."""
    write_with_constants(book, tmp_path / "copy.xlsx", {"S": {(0, 2): 3.0}})

    assert read_workbook(tmp_path / "copy.xlsx").sheets["S"].cells[0, 2].value == 3.0


def test_keeps_the_prefix_of_elements(write_parts: Callable[..., Path], tmp_path: Path) -> None:
    """Where a file gives its elements a prefix, the new cell has it, too."""
    sheet = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"/></x:row></x:sheetData></x:worksheet>'
    source = write_parts({**workbook_parts(), SHEET: sheet})
    write_with_constants(source, tmp_path / "copy.xlsx", {"S": {(0, 0): "x"}})

    assert read_workbook(tmp_path / "copy.xlsx").sheets["S"].cells[0, 0].value == "x"


@pytest.mark.parametrize(("position", "name"), [((1, 0), "A2"), ((8, 8), "I9")])
def test_refuses_formulas_and_cells_that_are_not_there(
    book: Path, tmp_path: Path, position: tuple[int, int], name: str
) -> None:
    """A formula is not overwritten, and no cell is invented."""
    with pytest.raises(UsageError, match=rf"^S!{name} cannot be set: in the file it is empty or holds a formula$"):
        write_with_constants(book, tmp_path / "copy.xlsx", {"S": {position: 1.0}})


def test_refuses_an_unknown_sheet(book: Path, tmp_path: Path) -> None:
    """A worksheet that is not there is named."""
    with pytest.raises(UsageError, match="there is no worksheet 'T' in"):
        write_with_constants(book, tmp_path / "copy.xlsx", {"T": {(0, 0): 1.0}})
