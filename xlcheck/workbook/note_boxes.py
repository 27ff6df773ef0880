"""The yellow boxes in which Excel shows notes, each large enough for its text however wide the columns are.

A box is a shape in a drawing in VML, between two points that are named by cells and pixels inside of these.
"""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from xlcheck.formulas.addresses import MAX_COLUMNS, MAX_ROWS
from xlcheck.workbook.xml_tree import is_on

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_VML, _OFFICE, _EXCEL = "urn:schemas-microsoft-com:vml", "urn:schemas-microsoft-com:office:office", (
    "urn:schemas-microsoft-com:office:excel"
)  # fmt: skip
_WIDTH, _LINE, _MARGIN = 300, 16, 16
"""In pixels."""
_LETTERS = 40
"""Letters of a line."""
_SHAPE_TYPE = (
    f'<v:shapetype xmlns:v="{_VML}" xmlns:o="{_OFFICE}" id="_xlcheck_note" coordsize="21600,21600" o:spt="202" '
    'path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/>'
    "</v:shapetype>"
)
EMPTY_DRAWING = f'<xml xmlns:v="{_VML}" xmlns:o="{_OFFICE}" xmlns:x="{_EXCEL}"/>'


class Grid:
    """How wide the columns and how high the rows of a worksheet are, in pixels."""

    def __init__(self, sheet: etree._Element) -> None:
        settings = sheet.find(f"{{{_MAIN}}}sheetFormatPr")
        default = etree.Element("none") if settings is None else settings
        self._width = _pixels_of_letters(default.get("defaultColWidth", "8.43"))
        self._height = _pixels_of_points(default.get("defaultRowHeight", "15"))
        self._columns = [
            (int(item.get("min", "1")) - 1, int(item.get("max", "1")), _size(item, "width", _pixels_of_letters))
            for item in sheet.iterfind(f"{{{_MAIN}}}cols/{{{_MAIN}}}col")
        ]
        self._rows = {
            int(item.get("r", "0")) - 1: _size(item, "ht", _pixels_of_points)
            for item in sheet.iterfind(f"{{{_MAIN}}}sheetData/{{{_MAIN}}}row")
            if "ht" in item.attrib or "hidden" in item.attrib
        }

    def width(self, column: int) -> int:
        """Of a column."""
        found = next((size for first, end, size in self._columns if first <= column < end), None)
        return self._width if found is None else found

    def height(self, row: int) -> int:
        """Of a row."""
        found = self._rows.get(row)
        return self._height if found is None else found


def add_box(drawing: etree._Element, row: int, column: int, text: str, grid: Grid) -> None:
    """Give a cell a box for its note, or make the one that it has large enough for the text."""
    lines = sum(1 + len(line) // _LETTERS for line in text.split("\n"))
    right, right_at = _after(column + 1, 15 + _WIDTH, grid.width, MAX_COLUMNS)
    bottom, bottom_at = _after(row, 2 + _MARGIN + lines * _LINE, grid.height, MAX_ROWS)
    anchor = f"{column + 1}, 15, {row}, 2, {right}, {right_at}, {bottom}, {bottom_at}"
    for data in drawing.iter(f"{{{_EXCEL}}}ClientData"):
        where = (data.findtext(f"{{{_EXCEL}}}Row"), data.findtext(f"{{{_EXCEL}}}Column"))
        if data.get("ObjectType") == "Note" and where == (str(row), str(column)):
            place = data.find(f"{{{_EXCEL}}}Anchor")
            if place is None:
                place = etree.SubElement(data, f"{{{_EXCEL}}}Anchor")
            place.text = anchor
            return
    if not any(item.get("id") == "_xlcheck_note" for item in drawing.iter(f"{{{_VML}}}shapetype")):
        drawing.append(etree.fromstring(_SHAPE_TYPE.encode()))
    count = sum(1 for _ in drawing.iter(f"{{{_VML}}}shape"))
    drawing.append(etree.fromstring(
        f'<v:shape xmlns:v="{_VML}" xmlns:o="{_OFFICE}" xmlns:x="{_EXCEL}" id="_xlcheck_{count}" type="#_xlcheck_note" '
        'style="position:absolute;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
        '<v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto">'
        '<div style="text-align:left"/></v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column>"
        "</x:ClientData></v:shape>".encode()
    ))  # fmt: skip


def _after(start: int, pixels: int, size: Callable[[int], int], end: int) -> tuple[int, int]:
    """The line, and the place in it, that lies so many pixels after the beginning of another line."""
    while start < end - 1 and pixels > size(start):
        pixels -= size(start)
        start += 1
    return start, pixels


def _size(item: etree._Element, name: str, pixels: Callable[[str], int]) -> int | None:
    """The size that a line has itself, if it has one; nothing is seen of a hidden one."""
    if is_on(item.get("hidden")):
        return 0
    size = item.get(name)
    return None if size is None else pixels(size)


def _pixels_of_letters(width: str) -> int:
    """A column's width, counted in digits of the normal font, which are 7 pixels wide."""
    return round(float(width) * 7 + 5)


def _pixels_of_points(height: str) -> int:
    return round(float(height) * 4 / 3)
