"""The marked copy: the right cells, their notes, and nothing else changed."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from xlcheck.errors import UsageError, WorkbookError
from xlcheck.workbook.marking import Mark, write_marked
from xlcheck.workbook.reader import read_workbook


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A workbook with a chart, an image-free drawing, a note, styles and a name."""
    path = tmp_path / "größe & co.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        bold = book.add_format({"bold": True, "num_format": "0.000"})
        first, second = book.add_worksheet("Daten"), book.add_worksheet("plain")
        first.write_number(0, 0, 1.5, bold)
        first.write_formula(1, 1, "=A1*2", bold, 3)
        first.write_comment(1, 1, "a note of the author", {"author": "Ada"})
        second.write_number(4, 4, 7)
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=Daten!$A$1:$A$1"})
        first.insert_chart(5, 5, chart)
        book.define_name("start", "=Daten!$A$1")
    return path


def mark(sheet: str, row: int, column: int) -> Mark:
    """A mark with a note of two lines and characters that XML must escape."""
    return Mark(sheet, row, column, "F8B4A6", "wrong <here>\nshould be 3 & more")


def test_marks_and_notes_are_read_by_other_libraries(workbook: Path, tmp_path: Path) -> None:
    """The fill and the note stand at the cell; what the cell looked like otherwise is kept."""
    copy = tmp_path / "marked.xlsx"
    write_marked(workbook, copy, [mark("Daten", 1, 1), mark("plain", 4, 4), mark("plain", 0, 2)])

    book = openpyxl.load_workbook(copy)
    cell = book["Daten"]["B2"]
    assert cell.fill.fgColor.rgb == "FFF8B4A6"
    assert cell.font.bold
    assert cell.number_format == "0.000"
    assert cell.value == "=A1*2"
    assert "a note of the author" in cell.comment.text
    assert "should be 3 & more" in cell.comment.text
    assert book["plain"]["E5"].comment.text == "wrong <here>\nshould be 3 & more"
    assert book["plain"]["C1"].fill.fgColor.rgb == "FFF8B4A6"  # a cell that the file did not have


def test_everything_else_is_untouched(workbook: Path, tmp_path: Path) -> None:
    """Charts, drawings, names and every other part are the same bytes; values and formulas are the same."""
    copy = tmp_path / "marked.xlsx"
    write_marked(workbook, copy, [mark("plain", 4, 4)])

    with zipfile.ZipFile(workbook) as before, zipfile.ZipFile(copy) as after:
        changed = {name for name in before.namelist() if before.read(name) != after.read(name)}
        charts = [name for name in after.namelist() if "charts/" in name]
        beginnings = {after.read(name).partition(b"\n")[0] for name in changed}
    assert beginnings == {b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>"}  # as Excel writes its own
    assert changed == {"[Content_Types].xml", "xl/styles.xml", "xl/worksheets/sheet2.xml"}
    assert charts
    assert read_workbook(copy).sheets["Daten"].cells == read_workbook(workbook).sheets["Daten"].cells
    assert read_workbook(copy).names == read_workbook(workbook).names


def test_the_copy_opens_at_the_first_wrong_cell(workbook: Path, tmp_path: Path) -> None:
    """On its worksheet, which alone is selected; where nothing is framed, or it is hidden, as the workbook did."""
    copy, hidden, again = (tmp_path / name for name in ("marked.xlsx", "hidden.xlsx", "again.xlsx"))
    wrong = Mark("plain", 4, 4, "F8B4A6", "wrong", framed=True)
    write_marked(workbook, copy, [mark("Daten", 0, 0), wrong, replace(wrong, sheet="Daten", row=9)])
    book = openpyxl.load_workbook(workbook)
    book["plain"].sheet_state = "hidden"
    book.save(hidden)
    write_marked(hidden, again, [wrong])

    opened = openpyxl.load_workbook(copy)
    assert opened.active.title == "plain"
    assert [bool(sheet.sheet_view.tabSelected) for sheet in opened] == [False, True]
    assert openpyxl.load_workbook(again).active.title == "Daten"


def test_the_original_is_never_touched(workbook: Path) -> None:
    """A copy over the original is refused, and the original stays as it is."""
    before = workbook.read_bytes()

    with pytest.raises(UsageError, match="name another file"):
        write_marked(workbook, workbook, [mark("plain", 4, 4)])
    assert workbook.read_bytes() == before


def test_a_worksheet_that_is_not_there_is_named(workbook: Path, tmp_path: Path) -> None:
    """A mark on a worksheet that does not exist is an error that names it, and nothing is written."""
    with pytest.raises(WorkbookError, match="no worksheet 'nowhere'"):
        write_marked(workbook, tmp_path / "marked.xlsx", [mark("nowhere", 0, 0)])
    assert not (tmp_path / "marked.xlsx").exists()


@pytest.mark.libreoffice
@pytest.mark.parametrize("source", ["openpyxl", pytest.param("libreoffice", marks=pytest.mark.exhaustive)])
def test_copies_of_other_programs_files(source: str, workbook: Path, tmp_path: Path) -> None:
    """Files written by other programs can be marked, marked again, and opened by LibreOffice."""
    import subprocess

    from xlcheck.engines.libreoffice import find_soffice

    soffice = find_soffice()
    assert soffice is not None
    start = tmp_path / "saved"
    start.mkdir()

    def convert(path: Path, folder: Path) -> Path:
        profile = (tmp_path / "profile").as_uri()
        command = [soffice, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "xlsx"]
        subprocess.run([*command, "--outdir", str(folder), str(path)], check=True, capture_output=True, timeout=120)
        return folder / path.name

    if source == "openpyxl":
        saved = start / workbook.name
        openpyxl.load_workbook(workbook).save(saved)
    else:
        saved = convert(workbook, start)
    once, twice = tmp_path / "once.xlsx", tmp_path / "twice.xlsx"
    write_marked(saved, once, [mark("Daten", 1, 1), mark("plain", 4, 4)])
    write_marked(once, twice, [mark("plain", 4, 4), mark("plain", 5, 4)])

    opened = openpyxl.load_workbook(convert(twice, tmp_path / "again"))
    assert "should be 3" in opened["plain"]["E5"].comment.text
    assert "should be 3" in opened["plain"]["E6"].comment.text
    assert "should be 3" in opened["Daten"]["B2"].comment.text


def test_what_is_made_stands_in_order(tmp_path: Path) -> None:
    """A row and a cell that the file lacks come between their neighbours: programs refuse a worksheet otherwise."""
    path = tmp_path / "plain.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("S")
        for row in (0, 1, 2, 6):
            sheet.write_row(row, 1, [1.0, 2.0, None, 4.0])
    write_marked(path, tmp_path / "marked.xlsx", [mark("S", row, column) for row, column in ((3, 1), (8, 0), (1, 3))])

    with zipfile.ZipFile(tmp_path / "marked.xlsx") as file:
        places = re.findall(r'<(?:row|c) r="([A-Z]*)(\d+)"', file.read("xl/worksheets/sheet1.xml").decode())
    assert [int(row) for column, row in places if not column] == [1, 2, 3, 4, 7, 9]
    assert places == sorted(places, key=lambda place: (int(place[1]), place[0]))
