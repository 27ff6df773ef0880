"""Whether a large worksheet of constants is written so plainly that every reader sees the same cells in it.

Such a worksheet is not read by us until somebody asks for its cells, and then it should not turn out that an
engine has read other ones. Every cell must stand once, in its own row, with a number or nothing in it. That
is found by counting, at a tenth of what reading takes; a worksheet that is written otherwise is read at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat

from xlcheck.formulas.addresses import parse_range
from xlcheck.workbook.sheet_cells import MAIN

DATA, END = b"<sheetData>", b"</sheetData>"
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"(?: s="[0-9]+")?'
    rb'(?:/>|(?: t="n")?><v>-?[0-9]{1,16}(?:\.[0-9]{1,30})?(?:[eE](?:-[0-9]{1,3}|\+?1?[0-9]{1,2}))?</v></c>'
    rb'| t="s"(?:/>|><v>[0-9]+</v></c>))'
)
_WHOLE_ROW = re.compile(rb'<row r="([1-9][0-9]{0,6})"(?: [^>/]*)?>.*?</row>', re.DOTALL)
_FILLED = re.compile(rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"[^>/]*><v>')
_NEAR = 2**16  # bytes
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# The begin of a row, and its first cell if there is one; the end of a row, with another one or nothing behind it.
_ROW = re.compile(rb'<row r="([1-9][0-9]{0,6})"(?: [^>/]*)?(?:/>|>(?:<c r="([A-Z]{1,3}[1-9][0-9]{0,6})")?)')
ROW_END = re.compile(rb"(?:</row>|<row [^>]*/>)(?=<row |\Z)")
EMPTY_ROW = re.compile(rb"<row [^>]*/>")
_DECLARATION = re.compile(rb'<\?xml version="1\.0" encoding="UTF-8"( standalone="yes")?\?>', re.IGNORECASE)


def data_of(content: bytes) -> tuple[int, int] | None:
    """Where the rows of a worksheet part begin and end, if nothing around them is unusual; else None."""
    start, end = content.find(DATA), content.rfind(END)
    # A declaration of another encoding, entities, comments and CDATA sections need a real parser.
    if not _DECLARATION.match(content) or b"<!" in content or not 0 < start < end or content.count(b"sheetData") != 2:
        return None
    start += len(DATA)
    # So does a name that means something else than it does at the start.
    if content.find(b"xmlns", start, end) > 0 or not _opens_data(content[:start]):
        return None
    return start, end


def is_plain(content: bytes) -> bool:
    """Whether a worksheet part without formulas is written so."""
    area = data_of(content)
    if area is None:
        return False
    names = _CELL.findall(content, *area)
    rows = _ROW.findall(content, *area)
    tags, begins, ends, values = (content.count(tag, *area) for tag in (b"<", b"<row ", b"</row>", b"</v></c>"))
    row_ends, empty_rows = (len(pattern.findall(content, *area)) for pattern in (ROW_END, EMPTY_ROW))
    empty_cells = content.count(b"/>", *area) - empty_rows
    return (
        content[area[0] : area[0] + 5] == b"<row "
        # Each row ends before the next one begins, and nothing else than cells and their values stands in them.
        and len(rows) == begins == row_ends == ends + empty_rows
        and tags == begins + ends + len(names) + 3 * values
        and len(set(names)) == len(names) == values + empty_cells
        and _each_in_its_row(names, rows)
    )


def filled_within(content: bytes, top: int, bottom: int) -> Iterator[tuple[int, int]]:
    """Row and column of the cells that hold something in some rows of a plain worksheet, without reading the others.

    Args:
        content: the part, for which `is_plain` holds: its rows are in order.
        top: the first row, from 0.
        bottom: the row after the last one.
    """
    first, last = data_of(content) or (0, 0)
    while last - first > _NEAR:
        middle = (first + last) // 2
        row = _ROW.search(content, middle, last)
        if row is not None and int(row[1]) <= top:
            first = row.start()
        else:
            last = middle
    for row in _WHOLE_ROW.finditer(content, first):
        if int(row[1]) > bottom:
            return
        if int(row[1]) > top:
            for cell in _FILLED.findall(row[0]):
                area = parse_range(cell.decode())
                yield area.top, area.left


def _each_in_its_row(names: list[bytes], rows: list[tuple[bytes, bytes]]) -> bool:
    """Whether rows are in order and begin with the first cell that is named after them, if they have one.

    Args:
        names: the cells.
        rows: (number, first cell or nothing) of each row.
    """
    numbers = [int(number) for number, _ in rows]
    of_cells = b" ".join(names).translate(None, _LETTERS).split(b" ") if names else []
    begin = [(row, names[place]) for place, row in enumerate(of_cells) if not place or row != of_cells[place - 1]]
    return numbers == sorted(set(numbers)) and begin == [row for row in rows if row[1]]


def _opens_data(head: bytes) -> bool:
    """Whether what stands before the rows opens a worksheet, and in it the data, and nothing around that."""
    path: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda tag, _: path.append(tag)
    parser.EndElementHandler = lambda _: path.pop()
    try:
        parser.Parse(head, False)
    except expat.ExpatError:
        return False
    return any(path == [f"{main} worksheet", f"{main} sheetData"] for main in MAIN)
