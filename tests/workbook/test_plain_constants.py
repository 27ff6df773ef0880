"""Large worksheets of constants are left unread only if every reader sees the same cells in them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from xml.parsers.expat import ExpatError
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from workbook_parts import MAIN, workbook_parts

from xlcheck.errors import WorkbookError
from xlcheck.workbook.content import ConstantCells
from xlcheck.workbook.plain_constants import filled_within, is_plain
from xlcheck.workbook.reader import read_workbook
from xlcheck.workbook.sheet_cells import parse_cells
from xlcheck.workbook.sheet_part import SheetPart

HEAD = f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{MAIN}"><sheetData>'
TAIL = "</sheetData></worksheet>"
ROWS = (
    '<row r="1" ht="20"><c r="A1" s="4" t="s"><v>1</v></c><c r="B1"><v>0.1</v></c><c r="C1" s="2"/></row><row r="2"/>'
    '<row r="3" spans="1:2"></row><row r="12"><c r="A12"><v>1</v></c><c r="XFD12" t="n"><v>-1E-300</v></c></row>'
)
PIECES = ('<row r="7">', '<row r="8"/>', '<c r="B9"/>', '<c r="A12"/>', '<row r="1">')


def part(rows: str, head: str = HEAD, tail: str = TAIL) -> bytes:
    return f"{head}{rows}{tail}".encode()


def test_a_plain_one_is_known() -> None:
    """Rows with attributes, empty rows, styled cells without a number."""
    assert is_plain(SheetPart(part(ROWS)))


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="A1"/><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="B1"><v>2</v></c></row>',
        '<row r="1"><c r="A2"><v>1</v></c></row>',
        '<row r="11"><c r="A1"><v>1</v></c></row>',
        '<row r="2"/><row r="1"/>',
        '<row r="1"/><c r="A1"><v>1</v></c>',
        '<c r="A1"><v>1</v></c><row r="1"/>',
        '<row r="1"><c r="A1"><v>1</v></c></row></row>',
        '<row r="1"><row r="2"></row></row>',
        '<row r="1"><c r="A1"><v>1</v><v>2</v></c></row>',
        '<row r="1"><c r="A1"><v>1_0</v></c></row>',
        '<row r="1"><c r="A1"><v> 1</v></c></row>',
        '<row r="1"><c s="1" r="A1"><v>1</v></c></row>',
        '<row r="1"><c><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><x/></row>',
        '<row r="1" xmlns="urn:x"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>&#49;</v></c></row>',
    ],
)
def test_anything_unusual_is_not_plain(rows: str) -> None:
    """It is then read at once, by the parser that says what is wrong."""
    assert not is_plain(SheetPart(part(rows)))


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_what_is_plain_is_what_the_parser_accepts(data: st.DataObject) -> None:
    """Whatever is cut out, doubled or put in: a worksheet that the parser refuses is never called plain."""
    start = data.draw(st.integers(0, len(ROWS)))
    stop = data.draw(st.integers(start, min(start + 50, len(ROWS))))
    put = data.draw(
        st.sampled_from(
            ["", "<row>", "</row>", '<row r="7">', '<row r="8"/>', '<c r="B9"/>', "1", "/", "<v>1</v>", ROWS]
        )
    )
    spoiled = part(ROWS[:start] + put + ROWS[stop:])
    if is_plain(SheetPart(spoiled)):
        with suppress(ExpatError):  # nobody reads what is no XML
            parse_cells(spoiled, ["a", "b"])


def test_one_that_is_not_plain_is_refused_at_once(write_parts: Callable[..., Path]) -> None:
    """A doubled cell far down in a large worksheet without formulas is a sentence, not an engine's choice."""
    rows = "".join(
        f'<row r="{row}"><c r="A{row}"><v>{crc32(str(row).encode())}</v></c></row>' for row in range(1, 9000)
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    whole = {"xl/worksheets/sheet1.xml": head + workbook_parts(rows)["xl/worksheets/sheet1.xml"]}
    spoiled = {
        name: text.replace('<c r="A8999">', '<c r="A8999"><v>1</v></c><c r="A8999">') for name, text in whole.items()
    }

    assert isinstance(read_workbook(write_parts({**workbook_parts(), **whole})).sheets["S"].cells, ConstantCells)
    with pytest.raises(WorkbookError, match="it has the cell A8999 twice"):
        read_workbook(write_parts({**workbook_parts(), **spoiled}))


@pytest.mark.parametrize("seed", range(3))
def test_cells_in_some_rows_are_found_without_reading_the_others(seed: int) -> None:
    """Wherever the rows are in a long part, with gaps, and at its ends: as many as whoever reads it all finds."""
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.choice(20_000, 4000, replace=False)) + 1
    text = "".join(
        f'<row r="{row}" spans="1:3"><c r="A{row}" s="1"/><c r="C{row}" s="1"><v>{rng.random()}</v></c></row>'
        if rng.random() < 0.8
        else f'<row r="{row}"/>'
        for row in rows.tolist()
    )
    content = part(text)
    places = sorted(place for place, cell in parse_cells(content, []).items() if cell.value is not None)

    assert is_plain(SheetPart(content))
    for top in [0, *(rows[[0, 7, 2000, -2, -1]] - 1).tolist(), *rng.integers(0, 20_000, 5).tolist(), 19_999, 30_000]:
        for height in (1, 2, 40):
            wanted = [place for place in places if top <= place[0] < top + height]
            assert list(filled_within(SheetPart(content), top, top + height)) == wanted
