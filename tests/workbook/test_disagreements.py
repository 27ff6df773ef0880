"""Files of which two programs see different things are refused by name, in small worksheets and in large ones.

What is written here was tried with openpyxl, LibreOffice, ironcalc and cellrune: of each, two of them differ.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from workbook_parts import MAIN, OFFICE, PACKAGE, workbook_parts

from xlcheck.errors import WorkbookError
from xlcheck.workbook.reader import read_workbook

SHEET, WORKBOOK, RELATIONS = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
FILL = "".join(f'<row r="{row}"><c r="A{row}"><v>{row}</v></c></row>' for row in range(1000, 4000))
CHOICE = (
    '<mc:AlternateContent xmlns:mc="{mc}"><mc:Choice Requires="x14" xmlns:x14="{x14}">{one}</mc:Choice>'
    "<mc:Fallback>{other}</mc:Fallback></mc:AlternateContent>"
)


def choice(one: str, other: str) -> str:
    """Two branches, of which each program takes the one that it understands."""
    return CHOICE.format(mc=MC, x14=X14, one=one, other=other)


BRANCHES = '<c r="A1"><v>1</v></c>', '<c r="A1"><v>2</v></c>'
ROWS = {
    '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>': "the cell A1 twice",
    '<row r="1"><c r="A1"><v>1</v></c><c r="B1"/><c r="A1"/></row>': "the cell A1 twice",
    '<row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c></row>': "the row 1 twice",
    '<row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="B1"><v>2</v></c></row>': "the row 1 twice",
    '<row><c r="A1"><v>1</v></c><c r="A2"><v>1</v></c></row>': "its row 1 has a cell A2",
    '<row r="1"><c r="A2"><v>1</v></c></row>': "its row 1 has a cell A2",
    '<row r="1"><c r="A1"><v>1</v><v>2</v></c></row>': "an element v twice",
    '<row r="1"><c r="A1"><f>1</f><f>2</f><v>1</v></c></row>': "an element f twice",
    '<row r="1"><c r="A1" t="inlineStr"><v>7</v><is><t>x</t></is></c></row>': "its cell A1 has two values",
    '<row r="1"><c r="A1"><v>1<x>3</x>2</v></c></row>': "an element x twice or in an unusual place",
    '<row r="1"><c r="A1"><v>1_0</v></c></row>': "its cell A1 holds '1_0', which is no number",
    '<row r="1"><c r="A1"><v> 1</v></c></row>': "its cell A1 holds ' 1', which is no number",
    '<row r="1"><c r="A1"><v>0x10</v></c></row>': "its cell A1 holds '0x10', which is no number",
    '<row r="1"><c r="A1"><v>1E999</v></c></row>': "its cell A1 holds '1E999', which is no number",
    '<row r="1"><c r="A1"><v>٣</v></c></row>': "which is no number",
    '<row r="1"><c r="A1" t="b"><v>2</v></c></row>': "its cell A1 holds '2', which is no truth value",
    '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>': "its cell A1 holds '-1', which is no number of a shared string",
    '<row r="1"><c r="A1" t="x"><v>1</v></c></row>': "its cell A1 holds 'x', which is no type of a cell",
    '<row r="1"><c r="A1"><f t="x">1</f><v>1</v></c></row>': "its cell A1 holds 'x', which is no type of a formula",
    '<row r="1"><c r="A1"><f/><v>5</v></c></row>': "its cell A1 has an empty formula",
    '<row r="1"><ext><c r="A1"><v>7</v></c></ext></row>': "an element c twice or in an unusual place",
    '<row r="1"><c xmlns="urn:x" r="A1"><v>7</v></c></row>': "an element c twice or in an unusual place",
    '<row r="1"><c r="A1"><y:v xmlns:y="urn:x">7</y:v></c></row>': "an element v twice or in an unusual place",
    '<x><row r="1"><c r="A1"><v>1</v></c></row></x>': "an element row twice or in an unusual place",
    f'<row r="1">{choice(*BRANCHES)}</row>': "an element AlternateContent",
    '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1</f></c></row>'
    '<row r="2"><c r="A2"><f t="shared" ref="A2:A3" si="0">B1*2</f></c></row>': "its cell A2 has a formula and shares",
    '<row r="1"><c r="A1"><f t="array" ref="A1:A2">C1:C2</f></c></row>'
    '<row r="2"><c r="A2"><f t="array" ref="A2:A3">C1:C2</f></c></row>': "in which A2 has its own",
    '<row r="1"><c r="A1"><f t="array" ref="A1:A2">C1:C2</f></c></row>'
    '<row r="2"><c r="A2"><f>77</f></c></row>': "an array formula over A1:A2, in which A2 has its own",
    '<row r="1"><c r="A1"><f t="array" ref="B1:B2">C1:C2</f></c></row>': "its cell A1 has an array formula over B1:B2",
}


def refusal(write_parts: Callable[..., Path], parts: dict[str, str]) -> str:
    with pytest.raises(WorkbookError) as caught:
        read_workbook(write_parts({**workbook_parts('<row r="1"><c r="A1"><v>1</v></c></row>'), **parts}))
    return str(caught.value)


@pytest.mark.parametrize("filling", ["", FILL], ids=["small", "large"])
@pytest.mark.parametrize(("rows", "words"), ROWS.items(), ids=list(map(str, range(len(ROWS)))))
def test_cells_on_which_readers_disagree(write_parts: Callable[..., Path], rows: str, words: str, filling: str) -> None:
    """Whatever is there twice, in an unusual place or spelling; also where a worksheet is read in another way."""
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    sentence = refusal(write_parts, {SHEET: head + workbook_parts(rows + filling)[SHEET]})

    assert words in sentence
    assert "in worksheet 'S'" in sentence
    assert "\n" not in sentence


DATA = '<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'


@pytest.mark.parametrize(
    ("sheet", "words"),
    [
        (f'<worksheet xmlns="{MAIN}">{DATA}{DATA}</worksheet>', "an element sheetData twice"),
        (f'<worksheet xmlns="{MAIN}"><x>{DATA}</x></worksheet>', "an element sheetData twice or in an unusual place"),
        (f'<worksheet xmlns="{MAIN}">{choice(DATA, DATA)}</worksheet>', "an element sheetData twice"),
        (f'<worksheet xmlns="{MAIN}">{DATA}<y:sheetData xmlns:y="urn:x"/></worksheet>', "an element sheetData twice"),
        (f'<worksheet xmlns="urn:x">{DATA}</worksheet>', "its first element is none of a worksheet"),
        (f'<chartsheet xmlns="{MAIN}">{DATA}</chartsheet>', "its first element is none of a worksheet"),
    ],
)
def test_worksheets_on_which_readers_disagree(write_parts: Callable[..., Path], sheet: str, words: str) -> None:
    """The cells stand once, directly in the worksheet, in its own namespace."""
    assert words in refusal(write_parts, {SHEET: sheet})


SHEETS = '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets>'
NAMES = "<definedNames>{}</definedNames>"


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        (SHEETS + SHEETS, "the element sheets twice"),
        (f"{SHEETS}<y:sheets xmlns:y='urn:x'/>", "the element sheets twice"),
        (f"{SHEETS}<calcPr/><calcPr fullPrecision='0'/>", "the element calcPr twice"),
        (f"{SHEETS}<x><calcPr/></x>", "the element calcPr twice or in an unusual place"),
        (choice(SHEETS, SHEETS), "the element sheets twice or in an unusual place"),
        (SHEETS + NAMES.format('<definedName name="a">1</definedName><definedName name="A">2</definedName>'), "name A"),
        (SHEETS + NAMES.format('<definedName name="B2">1</definedName>'), "a defined name B2 that is also a cell"),
        (
            SHEETS + NAMES.format('<definedName name="a" localSheetId="1">1</definedName>'),
            "worksheet that is not there",
        ),
        (SHEETS + NAMES.format('<definedName name="a">S!<x/>A1</definedName>'), "a comment or an element inside"),
        (
            '<sheets><sheet name="S" sheetId="1" r:id="rId1"/><sheet name="T" sheetId="2" r:id="rId1"/></sheets>',
            "two worksheets that are one part",
        ),
    ],
)
def test_workbooks_on_which_readers_disagree(write_parts: Callable[..., Path], inside: str, words: str) -> None:
    """Sheets, settings and names stand once and where they belong."""
    workbook = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{inside}</workbook>'

    assert words in refusal(write_parts, {WORKBOOK: workbook})


def test_what_real_workbooks_hold_is_no_disagreement(write_parts: Callable[..., Path]) -> None:
    """Excel's own branches and extensions around what counts are left alone; a local name may be like a global one."""
    extension = '<extLst><ext><x15:workbookPr xmlns:x15="urn:x15" chartTrackingRefBase="1"/></ext></extLst>'
    names = '<definedName name="a">1</definedName><definedName name="a" localSheetId="0">2</definedName>'
    inside = choice("<x15ac:absPath xmlns:x15ac='urn:y'/>", "") + SHEETS + NAMES.format(names) + extension
    workbook = f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{inside}</workbook>'
    sheet = f'<worksheet xmlns="{MAIN}">{DATA}{choice("<controls/>", "")}</worksheet>'
    content = read_workbook(write_parts({**workbook_parts(), WORKBOOK: workbook, SHEET: sheet}))

    assert content.names == {"a": "1", "S!a": "2"}
    assert len(content.sheets["S"].cells) == 1


def relation(key: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{key}" Type="{kind}" Target="{target}"/>'


@pytest.mark.parametrize(
    ("relations", "words"),
    [
        (relation("rId1", f"{OFFICE}/worksheet", "worksheets/sheet1.xml") * 2, "two relations 'rId1'"),
        (
            relation("rId1", f"{OFFICE}/worksheet", "worksheets/sheet1.xml")
            + relation("rId2", f"{OFFICE}/sharedStrings", "a.xml")
            + relation("rId3", f"{OFFICE}/sharedStrings", "b.xml"),
            "two parts for its sharedStrings",
        ),
        (relation("rId1", "urn:evil/worksheet", "worksheets/sheet1.xml"), "has no worksheet"),
    ],
)
def test_relations_on_which_readers_disagree(write_parts: Callable[..., Path], relations: str, words: str) -> None:
    """A relation has its own name and one of Office's types, and there is one part of each kind."""
    part = f'<Relationships xmlns="{PACKAGE}">{relations}</Relationships>'

    assert words in refusal(write_parts, {RELATIONS: part})


@pytest.mark.parametrize(
    ("strings", "words"),
    [
        ("<si><t>a</t><t>b</t></si>", "a text with two contents"),
        ("<t>a</t><si><t>b</t></si>", "an element t in an unusual place"),
        ("<si><si><t>a</t></si></si>", "an element si in an unusual place"),
        ("<x><si><t>a</t></si></x>", "an element si in an unusual place"),
        ("<si xmlns='urn:x'><t>a</t></si>", "an element si in an unusual place"),
    ],
)
def test_texts_on_which_readers_disagree(write_parts: Callable[..., Path], strings: str, words: str) -> None:
    """Every text stands once, where texts stand, so that all count them alike."""
    relations = relation("rId1", f"{OFFICE}/worksheet", "worksheets/sheet1.xml")
    relations += relation("rId2", f"{OFFICE}/sharedStrings", "sharedStrings.xml")
    parts = {
        RELATIONS: f'<Relationships xmlns="{PACKAGE}">{relations}</Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
    }

    assert words in refusal(write_parts, parts)
