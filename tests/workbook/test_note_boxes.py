"""The boxes of notes are as large as their texts need, on worksheets with narrow, wide and hidden columns."""

from __future__ import annotations

import re
from pathlib import Path
from zipfile import ZipFile

import pytest
import xlsxwriter
from lxml import etree

from xlcheck.workbook.marking import Mark, write_marked
from xlcheck.workbook.note_boxes import EMPTY_DRAWING, Grid, add_box

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEETS = {
    "as Excel makes them": "",
    "narrow": '<cols><col min="1" max="50" width="2"/></cols>',
    "one wide": '<cols><col min="4" max="4" width="90"/></cols>',
    "hidden": '<cols><col min="4" max="9" hidden="1"/></cols>',
    "high rows": '<sheetFormatPr defaultRowHeight="60" defaultColWidth="20"/>',
    "one hidden row": '<sheetData><row r="3" hidden="1"/><row r="4" ht="5"/></sheetData>',
}


def sheet(content: str) -> etree._Element:
    """A worksheet part."""
    return etree.fromstring(f'<worksheet xmlns="{MAIN}">{content}</worksheet>'.encode())


def size(anchor: str, grid: Grid) -> tuple[int, int]:
    """Width and height of the box between the two points of an anchor."""
    left, left_at, top, top_at, right, right_at, bottom, bottom_at = map(int, anchor.split(","))
    width = sum(map(grid.width, range(left, right))) + right_at - left_at
    return width, sum(map(grid.height, range(top, bottom))) + bottom_at - top_at


@pytest.mark.parametrize("content", SHEETS.values(), ids=SHEETS.keys())
def test_every_box_has_room_for_its_text(content: str) -> None:
    """It is 300 pixels wide, and has 16 for each line, whatever is below it."""
    drawing, grid = etree.fromstring(EMPTY_DRAWING.encode()), Grid(sheet(content))
    add_box(drawing, 1, 2, "x" * 100 + "\nRight value: 1", grid)
    (anchor,) = drawing.iter("{*}Anchor")

    assert size(str(anchor.text), grid) == (300, 16 + 4 * 16)


def test_columns_and_rows_have_the_size_that_excel_shows() -> None:
    """64 × 20 pixels if nobody says otherwise; a hidden one has none."""
    grid = Grid(sheet('<cols><col min="2" max="3" width="10"/><col min="5" max="5" width="9" hidden="true"/></cols>'))

    assert [grid.width(column) for column in range(5)] == [64, 75, 75, 64, 0]
    assert grid.height(7) == 20


def test_a_note_that_is_there_gets_room_for_what_is_added(tmp_path: Path) -> None:
    """The box of the author's own note grows, and there is still one box a cell."""
    path, copy = tmp_path / "book.xlsx", tmp_path / "marked.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("S").write_comment("B2", "my own words", {"width": 50, "height": 20})
    write_marked(path, copy, [Mark("S", 1, 1, "F8B4A6", "y" * 200), Mark("S", 3, 1, "F8B4A6", "z")])
    with ZipFile(copy) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".vml"))
        drawing = etree.fromstring(archive.read(name))
    boxes = {data.findtext("{*}Row"): str(data.findtext("{*}Anchor")) for data in drawing.iter("{*}ClientData")}

    assert len(list(drawing.iter("{*}ClientData"))) == len(boxes) == 2
    assert size(boxes["1"], Grid(sheet(""))) == (300, 16 + 8 * 16)
    assert set(re.findall(r'type="#([^"]+)"', etree.tostring(drawing, encoding="unicode"))) <= {
        item.get("id") for item in drawing.iter("{*}shapetype")
    }
