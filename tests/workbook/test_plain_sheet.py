"""The quick reading of plain worksheets: the same cells as the XML parser's, or none at all."""

from __future__ import annotations

from pathlib import Path
from xml.parsers.expat import ExpatError

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from workbook_parts import MAIN

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.pattern import Pattern, row_number
from xlcheck.workbook.cell_codes import code_at
from xlcheck.workbook.content import Cell, CellError, ConstantCells, NotEvaluated
from xlcheck.workbook.looks.shown import UsedFormats, read_shown
from xlcheck.workbook.packed_cells import PackedCells
from xlcheck.workbook.plain_sheet import read_plain
from xlcheck.workbook.plan import FormulaBlock, NumberBlock, PlannedSheet, WorkbookPlan
from xlcheck.workbook.reader import read_workbook
from xlcheck.workbook.sheet_cells import parse_cells
from xlcheck.workbook.sheet_part import SheetPart
from xlcheck.workbook.writer import write_workbook

HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<worksheet xmlns="{MAIN}"><dimension ref="A1"/><sheetData>'
)
TAIL = "</sheetData><pageMargins/></worksheet>"
STRINGS = ["first", "second"]
ROWS = ('<row r="3">', "</row>", '<row r="8"/>', '<c r="B9"><v>3</v></c>', '<c r="B9"/>')
PLAIN = (
    '<row r="1" spans="1:3"><c r="A1" s="4" t="s"><v>1</v></c><c r="B1"><v>0.1</v></c><c r="C1" s="2"/></row>'
    '<row r="2"/>'
    '<row r="7" ht="20"><c r="A7"><f>IF(A1&lt;&gt;&quot;&amp;lt;&quot;,1,0)</f><v>1</v></c>'
    '<c r="AB7" t="str"><f>A1&amp;"x"</f><v>a&amp;b_x000D_</v></c><c r="AC7" t="b"><v>1</v></c>'
    '<c r="AD7" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="AE7" t="s"><v>7</v></c>'
    '<c r="AF7" t="str"><f>IF(A7,"","x")</f><v></v></c><c r="AG7" t="str"/>'
    '<c r="XFD7" t="n"><v>-1E-300</v></c></row>'
)


def part(rows: str, head: str = HEAD, tail: str = TAIL) -> bytes:
    """A worksheet part with these rows."""
    return f"{head}{rows}{tail}".encode()


def test_plain_cells_are_read_as_by_the_xml_parser() -> None:
    """Every kind of value, entities, escapes, styles without content, missing shared strings."""
    found = read_plain(SheetPart(part(PLAIN)), STRINGS)

    assert found is not None
    assert dict(found.items()) == parse_cells(part(PLAIN), STRINGS)
    assert found[6, 27] == Cell("a&b\r", 'A1&"x"')
    assert found[6, 29] == Cell(CellError("#DIV/0!"), "1/0")
    assert isinstance(found[6, 30].value, NotEvaluated)
    assert found[6, 31] == Cell("", 'IF(A7,"","x")')


def test_the_last_cell_of_a_sheet_is_one() -> None:
    """XFD1048576 is read; what stands behind it is below among what is not."""
    found = read_plain(SheetPart(part('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')), STRINGS)

    assert found is not None
    assert found[1_048_575, 16_383] == Cell(1.0)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>',
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1</f><v>1</v></c></row>',
        '<row r="1"><c r="A1"><f>B1</f></c></row>',
        '<row r="1"><c r="A1"><f></f><v>1</v></c></row>',
        '<row r="1"><c r="A1"><f>B1</f><v></v></c></row>',
        '<row r="1"><c r="A1" t="b"><f>B1</f><v></v></c></row>',
        '<row r="1"><c r="A1" t="str"><v></v></c></row>',
        '<row r="1"><c r="A1"><v></v></c></row>',
        '<row r="1"><c r="A1"><v>1</v><extLst/></c></row>',
        '<row r="1"><c><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>one</v></c></row>',
        '<row r="1"><c r="A1"><v><![CDATA[1]]></v></c></row>',
        '<row r="1"><!-- <c r="A1"><v>1</v></c> --></row>',
        '<row r="1"><c r="A1" t="str"><v>&#65;</v></c></row>',
        '<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
        '<row r="1"><c r="ZZZ1"><v>1</v></c></row>',
        '<row r="1"><c r="A1048577"><v>1</v></c></row>',
        '<row r="1048577"><c r="A1048577"><v>1</v></c></row>',
        '<row r="1"><c r="XFE1"><v>1</v></c></row>',
        '<row r="1"><x:c r="A1"><x:v>1</x:v></x:c></row>',
        '<row r="1"><c r="A2"><v>1</v></c></row>',
        '<row r="1"/><row r="2"><c r="A1"><v>1</v></c><c r="A2"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="A2"><v>1</v></c></row><row r="2"><c r="B2"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="B1"><v>1</v></c></row>',
        '<row r="2"/><row r="1"><c r="A1"><v>1</v></c></row>',
        '<row r="1"/><c r="A1"><v>1</v></c>',
        '<row r="3" <row r="3"><c r="A3"><v>1</v></c></row>',
        '<row r="1" xmlns="urn:x"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1_0</v></c></row>',
        '<row r="1"><c r="A1"><v> 1</v></c></row>',
        '<row r="1"><c r="A1"><v>1E999</v></c></row>',
        '<row r="1"><c r="A1" t="b"><v>2</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>1_0</v></c></row>',
    ],
)
def test_anything_else_is_left_to_the_xml_parser(rows: str) -> None:
    """What the expression does not cover completely is never half read."""
    assert read_plain(SheetPart(part(rows)), STRINGS) is None


@pytest.mark.parametrize("place", ["A1&lt;", "<pageMargins", "<dimension", "spans"])
def test_what_is_not_in_utf_8_is_left_to_the_xml_parser(place: str) -> None:
    """In a formula, in the tag of a row, or around the rows."""
    broken = part(PLAIN).replace(place.encode(), b"\xff" + place.encode())

    assert broken != part(PLAIN)
    assert read_plain(SheetPart(broken), STRINGS) is None


@pytest.mark.parametrize(
    ("head", "tail"),
    [
        (HEAD.replace("UTF-8", "ISO-8859-1"), TAIL),
        (HEAD.replace("<worksheet", "<!DOCTYPE x><worksheet"), TAIL),
        (HEAD.replace(MAIN, "urn:x"), TAIL),
        (HEAD.replace("<sheetData>", "<x><sheetData>"), TAIL.replace("</sheetData>", "</sheetData></x>")),
        (HEAD, TAIL.replace("</worksheet>", "<sheetData/></worksheet>")),
        (HEAD.split("\n", 1)[1], TAIL),
        (HEAD, TAIL.replace("</sheetData>", "")),
        (HEAD, TAIL + TAIL),
    ],
)
def test_other_frames_are_left_to_the_xml_parser(head: str, tail: str) -> None:
    """Another encoding, a document type, no declaration, no end or two of them are not plain."""
    assert read_plain(SheetPart(part(PLAIN, head, tail)), STRINGS) is None


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_spoiled_part_is_read_like_the_parser_does_or_not_at_all(data: st.DataObject) -> None:
    """Whatever is cut out, doubled or put in, both readers agree or the quick one gives up."""
    text = part(PLAIN).decode()
    start = data.draw(st.integers(0, len(text)))
    stop = data.draw(st.integers(start, min(start + 40, len(text))))
    put = data.draw(st.sampled_from(["", "<", ">", "1", '"', "<v>", "</c>", "<c ", *ROWS, "&amp;", "x", "_"]))
    spoiled = (text[:start] + put + text[stop:]).encode()
    found = read_plain(SheetPart(spoiled), STRINGS)
    if found is None:
        return
    try:
        cells = parse_cells(spoiled, STRINGS)
    except ExpatError:  # outside the rows, where no cell stands; engines say so
        return

    assert dict(found.items()) == cells


def test_a_large_workbook_is_read_back_exactly(tmp_path: Path) -> None:
    """A large worksheet's file gives every formula and all bits of every number back, and its text is not kept."""
    values = np.random.default_rng(1).normal(size=(9000, 3))
    doubled = FormulaBlock(Range("S", 0, 3, 9000), Pattern(("A", row_number(0), "*2")), values[:, 0] * 2, "state")
    sheets = (
        PlannedSheet("S", (), blocks=(NumberBlock(Range("S", 0, 0, 9000, 3), values, "weight"), doubled)),
        PlannedSheet("T", (), blocks=(NumberBlock(Range("T", 0, 0, 9000, 3), values, "weight"),)),
    )
    write_workbook(WorkbookPlan(sheets), tmp_path / "large.xlsx")
    content = read_workbook(tmp_path / "large.xlsx")
    live, constant = content.sheets["S"].cells, content.sheets["T"].cells

    assert isinstance(live, PackedCells)
    assert isinstance(constant, ConstantCells)
    assert "cells" not in vars(constant)  # nobody has asked yet
    assert live[8999, 3] == Cell(values[8999, 0] * 2, "A9000*2")
    assert [cell.value for cell in live.values()][:3] == values[0].tolist()
    assert constant[8999, 2] == Cell(values[8999, 2])
    assert len(live) == 36_000
    assert len(constant) == 27_000
    read_shown(content)
    assert [vars(sheet.part).keys() - {"_content"} for sheet in content.sheets.values()] == [{"kinds", "area"}] * 2


def test_formats_are_summed_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many are looked at together changes nothing; which cell has which format does."""
    formats = ["0.00", "General", "0.00", "0%", "General"]
    together = UsedFormats.of(formats)

    assert together.differs(UsedFormats.of(formats[::-1]))
    monkeypatch.setattr("xlcheck.workbook.looks.shown._AT_ONCE", 2)
    assert UsedFormats.of(formats) == together


def test_packed_cells_answer_like_the_mapping_they_were_made_of() -> None:
    """Looking up, iterating, missing cells, stored values and formulas of a column."""
    cells = {(0, 0): Cell(1.5), (2, 1): Cell("x", "A1"), (1, 1): Cell(None, "A2"), (0, 1): Cell(2.0, "A3", "B1:B1")}
    packed = PackedCells.of(cells)
    numbers, others = packed.stored(np.array([0, 1, 2, 2 * 16384 + 1]))

    assert dict(packed.items()) == cells
    assert list(packed) == sorted(cells)
    assert (5, 5) not in packed
    assert numbers[:2].tolist() == [1.5, 2.0]
    assert others == {2: None, 3: "x"}
    assert [packed.formula(code_at(row, 1)) for row in range(4)] == ["A3", "A2", "A1", None]
    assert packed.without_value() == 1
