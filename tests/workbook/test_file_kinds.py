"""What a file is that is no .xlsx workbook, and what a workbook calls its parts."""

from __future__ import annotations

from io import BytesIO
from xml.etree.ElementTree import fromstring

import pytest

from xlcheck.workbook.part_types import called_otherwise
from xlcheck.workbook.zip_directory import kind_of_archive, kind_of_file

OLE = bytes.fromhex("d0cf11e0a1b11ae1")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (OLE + "Workbook".encode("utf-16-le"), "Excel 97-2003"),
        (OLE, "an old Office file"),
        (b"PK\x03\x04 and no more", "damaged or cut off"),
        (b"\xef\xbb\xbf\r\n <html>", "a web page or an XML text"),
        (b"1,2,3\n", "not a zip archive"),
    ],
)
def test_a_file_is_called_what_it_is(content: bytes, said: str) -> None:
    """By its content, wherever in the file that stands."""
    assert said in kind_of_file(BytesIO(content))


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["[Content_Types].xml", "xl/workbook.bin"], ".xlsb"),
        (["[Content_Types].xml", "word/document.xml"], "a Word document"),
        (["mimetype", "content.xml"], ".ods"),
        (["mimetype", "a.txt"], "without a workbook"),
        (["[Content_Types].xml"], None),
        (["xl/workbook.xml"], None),
    ],
)
def test_an_archive_is_known_by_its_parts(names: list[str], said: str | None) -> None:
    """Either of a workbook's two parts is enough to go on; what is damaged there is said later."""
    found = kind_of_archive(names)

    assert found is None if said is None else said in str(found)


SHEET, ENDING = "xl/worksheets/sheet1.xml", "worksheet+xml"


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ([("/" + SHEET, "application/x.Worksheet+XML")], ""),
        ([], ""),
        ([("/" + SHEET, "application/x.chartsheet+xml")], "a part xl/worksheets/sheet1.xml that it calls"),
        ([("/a.xml", "x"), ("/A.xml", "y")], "two types of its part"),
    ],
    ids=["alike", "not listed", "otherwise", "twice"],
)
def test_a_part_has_one_type_and_it_is_the_one_that_is_meant(overrides: list[tuple[str, str]], said: str) -> None:
    """In whichever letters; a part that is not listed is what the relations say."""
    parts = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in overrides)
    types = fromstring(f'<Types xmlns="urn:t">{parts}</Types>')  # noqa: S314 - our own text
    found = called_otherwise(types, {SHEET: ENDING, None: "x"})

    assert found.startswith(said) if said else found == ""
