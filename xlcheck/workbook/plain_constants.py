"""Whether a large worksheet of constants is written so plainly that every reader sees the same cells in it.

Such a worksheet is not read by us until somebody asks for its cells, and then it should not turn out that an
engine has read other ones. Every cell must stand once, in its own row, with a number or nothing in it. That
is found by counting, at a tenth of what reading takes; a worksheet that is written otherwise is read at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from xml.parsers import expat

from xlcheck.formulas.addresses import MAX_COLUMNS, MAX_ROWS, column_index, parse_range
from xlcheck.workbook.sheet_cells import MAIN
from xlcheck.workbook.sheet_part import SheetPart

# A row of cells that are named after it, with a number or nothing in each; nearly all are of the first form. Each style
# is spelled in one way, so that `with_styles` can look for it without reading the cells.
_CELL = rb'<c r="[A-Z]{1,3}+\1"(?: s="(?:0|[1-9][0-9]*+)")?+'
_NUMBER = rb"-?+[0-9]{1,16}+(?:\.[0-9]{1,30}+)?+(?:[eE](?:-[0-9]{1,3}|\+?1?[0-9]{1,2}))?+"
_CELLS = (
    rb"(?:(?:" + _CELL + rb"><v>-?+[0-9]{1,16}+\.[0-9]{1,30}+</v></c>)*+"
    rb"(?:" + _CELL + rb'(?:/>|(?: t="n")?+><v>' + _NUMBER + rb'</v></c>| t="s"(?:/>|><v>[0-9]++</v></c>)))?+)*+'
)
ROW = rb'<row r="([1-9][0-9]{0,6})"(?: [^>/]*+)?+(?:/>|>%b</row>)'
_PLAIN_ROW = re.compile(ROW % _CELLS)
_COLUMN = re.compile(rb'<c r="([A-Z]+)"')
_ROW = re.compile(rb'<row r="([1-9][0-9]{0,6})"')
_WHOLE_ROW = re.compile(rb'<row r="([1-9][0-9]{0,6})"(?: [^>/]*)?>.*?</row>', re.DOTALL)
_FILLED = re.compile(rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"[^>/]*><v>')
_SHARED = re.compile(rb'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"(?: s="([0-9]+)")? t="s"><v>([0-9]{1,9})</v>')
_NEAR = 2**16  # bytes
_DECLARATION = re.compile(rb'<\?xml version="1\.0" encoding="UTF-8"( standalone="yes")?\?>', re.IGNORECASE)


def is_usual_frame(part: SheetPart) -> bool:
    """Whether nothing around the rows of a worksheet's part is unusual, so that they may be read without a parser."""
    kinds = part.kinds
    # A declaration of another encoding, entities, comments and CDATA sections need a real parser.
    if not _DECLARATION.match(kinds.head) or b"<!" in kinds.text or not kinds.is_framed:
        return False
    # So does a name that means something else than it does at the start.
    return not any(b"xmlns" in kind for kind in kinds.kinds) and _opens_data(kinds.head)


def is_plain(part: SheetPart) -> bool:
    """Whether a worksheet part without formulas is written so."""
    if not is_usual_frame(part):
        return False
    rows = rows_of(part, _PLAIN_ROW, *part.area)
    columns = (tuple(map(column_index, map(bytes.decode, _COLUMN.findall(kind)))) for kind in part.kinds.kinds)
    return (
        rows is not None and are_ascending(rows, MAX_ROWS) and all(are_ascending(c, MAX_COLUMNS - 1) for c in columns)
    )


def rows_of(part: SheetPart, row: re.Pattern[bytes], start: int, stop: int) -> list[int] | None:
    """The numbers of the rows of a part of a worksheet; None if something else stands there than such rows."""
    numbers = []
    for found in row.finditer(part.content, start, stop):
        if found.start() != start:
            return None
        start = found.end()
        numbers.append(int(found[1]))
    return numbers if start == stop else None


def are_ascending(numbers: Sequence[int], most: int) -> bool:
    """Whether each of some numbers is larger than the one before, and none is too large."""
    return all(one < other for one, other in pairwise(numbers)) and (not numbers or numbers[-1] <= most)


def filled_within(part: SheetPart, top: int, bottom: int) -> Iterator[tuple[int, int]]:
    """Row and column of the cells that hold something in some rows of a plain worksheet, without reading the others.

    Args:
        part: one for which `is_plain` holds: its rows are in order.
        top: the first row, from 0.
        bottom: the row after the last one.
    """
    content, (first, last) = part.content, part.area
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


def shared_within(part: SheetPart) -> Iterator[tuple[str, int, int]]:
    """Name, style and number of the shared text of each cell of a plain worksheet that has one."""
    for name, style, number in _SHARED.findall(part.content):
        yield name.decode(), int(style or 0), int(number)


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
