"""A worksheet's part in one spelling: the same elements and attributes, and as it is where it is usual."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from workbook_parts import MAIN

from xlcheck.workbook.one_spelling import in_one_spelling
from xlcheck.workbook.sheet_part import SheetPart

HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<worksheet xmlns="{MAIN}">'
WANTED = [("worksheet", {}), ("row", {"r": "1", "hidden": "1"}), ("c", {"r": "A1"}), ("f", {})]


def elements(content: bytes) -> list[tuple[str, dict[str, str]]]:
    root = ElementTree.fromstring(content)  # noqa: S314 - our own
    return [(item.tag.rpartition("}")[2], dict(item.attrib)) for item in root.iter()]


@pytest.mark.parametrize(
    "row",
    [
        '<row r="1" hidden="&#49;"><c r="A1"><f>1&lt;2</f></c></row>',
        '<row r="1" hidden = "1"><c r="A1"><f>1&lt;2</f></c></row>',
        '<row r="1"\n hidden="1"><c r="A1"><f>1&lt;2</f></c></row>',
        '<row r="1" hidden="1"><c r="A1"><f><![CDATA[1<2]]></f></c></row>',
        '<row r="1" hidden="1"><!-- x --><c r="A1"><f>1&lt;2</f></c></row>',
        '<row r="1" hidden="1"><?x y?><c r="A1"><f>1&lt;2</f></c></row>',
        f'<x-y:row xmlns:x-y="{MAIN}" r="1" hidden="1"><c r="A1"><f>1&lt;2</f></c></x-y:row>',
    ],
)
def test_what_is_spelled_otherwise_is_spelled_anew(row: str) -> None:
    """Characters by their numbers, spaces, lines, sections, comments, instructions and prefixes."""
    content = f"{HEAD}{row}</worksheet>".encode()
    spelled = in_one_spelling(SheetPart(content)).content

    assert spelled != content
    assert b'<row r="1" hidden="1"><c r="A1"><f>1&lt;2</f></c></row>' in spelled
    assert elements(spelled) == WANTED


@pytest.mark.parametrize("row", ['<row r="1" hidden="&#49;">', '<row r="1" hidden = "1">', '<row r="1" ht="1E-1">'])
def test_rows_of_plain_cells_are_looked_at(row: str) -> None:
    """Also where many others of their kind are spelled as usual."""
    cells = "".join(f'<row r="{number}"><c r="A{number}"><v>1</v></c></row>' for number in range(2, 50))
    usual = f'{HEAD}<sheetData><row r="1"><c r="A1"><v>1</v></c></row>{cells}</sheetData></worksheet>'.encode()

    unusual = SheetPart(usual.replace(b'<row r="1">', row.encode()))

    assert in_one_spelling(SheetPart(usual)).content is usual
    assert in_one_spelling(unusual).content.startswith(b"<worksheet>")


def test_a_bracket_in_a_value_hides_nothing() -> None:
    """It ends no tag, so what stands behind it belongs to the same one."""
    content = f'{HEAD}<row x=">" r="1" hidden ="1"/></worksheet>'.encode()

    assert b'<row x="&gt;" r="1" hidden="1">' in in_one_spelling(SheetPart(content)).content


def test_what_programs_write_stays_as_it_is() -> None:
    """Nothing is parsed that need not be; nor what nobody can read."""
    book = Path(__file__).parents[2] / "workbooks" / "lstm.xlsx"
    with ZipFile(book) as archive:
        parts = [SheetPart(archive.read(name)) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    broken = SheetPart(f'{HEAD}<row hidden ="1">'.encode())

    assert len(parts) > 5
    assert sum(in_one_spelling(part) is not part for part in parts) <= 1  # the text of a link on Start: "t = 1"
    assert in_one_spelling(broken) is broken
