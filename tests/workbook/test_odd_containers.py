"""What `open_container` does with large worksheets, and with files that two readers would read in two ways."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import pytest
from opening import SHEET, refusal
from workbook_parts import workbook_parts

from xlcheck.workbook import container
from xlcheck.workbook.container import open_container


def numbers(count: int, last: str = "<v>1</v>") -> str:
    """Rows of random numbers, and another last cell; random, so that they do not shrink."""
    rows = (f'<row r="{i}"><c r="A{i}"><v>{zlib.crc32(str(i).encode())}</v></c></row>' for i in range(1, count))
    return "".join(rows) + f'<row r="{count}"><c r="A{count}">{last}</c></row>'


LONG = 40_000  # rows of which a worksheet is inflated in many pieces


def test_a_large_worksheet_of_constants_is_not_kept(write_parts: Callable[..., Path]) -> None:
    """It is looked through, and inflated again when somebody asks for it."""
    path = write_parts(workbook_parts(numbers(LONG)))

    with open_container(path) as opened:
        assert opened.formulas.constant == {SHEET}
        assert opened.read(SHEET).decode() == workbook_parts(numbers(LONG))[SHEET]


@pytest.mark.parametrize("size", [3, 5, 2**16])
def test_a_formula_far_down_is_seen(
    write_parts: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """However the part is cut into pieces, one formula makes it no worksheet of constants."""
    path = write_parts(workbook_parts(numbers(LONG, "<f>A1</f><v>1</v>")))
    monkeypatch.setattr(container, "_PIECE", 2**16 + size)
    monkeypatch.setattr(container, "_INFLATED_PIECE", 2**16 + size)

    with open_container(path) as opened:
        assert not opened.formulas.constant


def test_formulas_are_seen_across_pieces(write_parts: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the tag itself is cut at any place."""
    path = write_parts(workbook_parts(numbers(2_000, "<f>A1</f><v>1</v>")))
    for size in range(40_000, 40_050):
        monkeypatch.setattr(container, "_INFLATED_PIECE", size)
        container._accepted.path = None

        with open_container(path) as opened:
            assert not opened.formulas.constant


@pytest.mark.parametrize(
    "start",
    ["<!DOCTYPE a>", f"<!--{' ' * 5_000_000}--><!DOCTYPE a>", f"<!-- <sheetData> {'x' * 5_000_000}--><!DOCTYPE a>"],
    ids=["at once", "after spaces", "after a comment"],
)
def test_refuses_a_document_type_of_a_large_worksheet(write_parts: Callable[..., Path], start: str) -> None:
    """However far behind it is declared."""
    parts = workbook_parts(numbers(LONG))
    path = write_parts({**parts, SHEET: start + parts[SHEET]})

    assert f"has a document type definition in its part {SHEET}" in refusal(path)


def test_refuses_a_damaged_worksheet_of_constants(write_parts: Callable[..., Path]) -> None:
    """A wrong byte far behind is noticed, though nobody keeps what was inflated."""
    path = write_parts(workbook_parts(numbers(LONG)))
    content = bytearray(path.read_bytes())
    content[-5_000] ^= 0xFF
    path.write_bytes(content)

    assert f"{path} is damaged: its part {SHEET} does not unpack" in refusal(path)


UNCLEAR = "so it is not clear what it says; save it again"


def raw_zip(path: Path, parts: Mapping[str, bytes | str]) -> bytearray:
    """An archive in which nothing is packed, written to a path, and its bytes."""
    with ZipFile(path, "w", ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return bytearray(path.read_bytes())


@pytest.mark.parametrize(
    "name", [SHEET.replace("1", "%31"), SHEET.replace("/", "\\"), f"xl/../{SHEET}", f"/{SHEET}", SHEET.upper()]
)
def test_refuses_two_spellings_of_one_name(tmp_path: Path, name: str) -> None:
    """Names are equal that are so without case, with one separator, and once their characters are decoded."""
    path = tmp_path / "twice.xlsx"
    raw_zip(path, {**workbook_parts(), name: "<worksheet/>"})

    assert refusal(path) == f"{path} contains the part {SHEET} twice, {UNCLEAR}"


def test_refuses_a_part_without_a_name(tmp_path: Path) -> None:
    """An empty name is said to be one."""
    path = tmp_path / "nameless.xlsx"
    content = raw_zip(path, {**workbook_parts(), "x": "nothing"})
    for magic, length, offset in ((b"PK\x03\x04", 26, 30), (b"PK\x01\x02", 28, 46)):
        entry = content.rindex(magic)
        content[entry + length : entry + length + 2] = b"\0\0"
        del content[entry + offset]
    end = content.rindex(b"PK\x05\x06")
    size, start = struct.unpack_from("<II", content, end + 12)
    struct.pack_into("<II", content, end + 12, size - 1, start - 1)
    path.write_bytes(content)

    assert refusal(path) == f"{path} contains a part without a name, {UNCLEAR}"


def test_refuses_a_file_that_goes_on(tmp_path: Path) -> None:
    """Behind its end another archive may begin, which some programs find first."""
    path = tmp_path / "two.xlsx"
    content = raw_zip(path, workbook_parts())
    path.write_bytes(content + b"x")

    assert refusal(path) == f"{path} goes on behind its end, {UNCLEAR}"


def test_refuses_a_comment_with_another_end(tmp_path: Path) -> None:
    """Programs look for the end of an archive from different sides."""
    path = tmp_path / "comment.xlsx"
    with ZipFile(path, "w") as archive:
        for name, part in workbook_parts().items():
            archive.writestr(name, part)
        archive.comment = b"a PK\x05\x06" + bytes(10)

    assert "so it is not clear what it says" in refusal(path) or "is damaged" in refusal(path)


def test_refuses_what_stands_before_the_first_part(tmp_path: Path) -> None:
    """A program that reads from the start would see something else."""
    path = tmp_path / "before.xlsx"
    content = raw_zip(path, workbook_parts())
    path.write_bytes(b"PK\x03\x04" + content)

    assert refusal(path) == f"{path} contains parts that do not begin where the file does, {UNCLEAR}"


@pytest.mark.parametrize(("field", "value"), [(30, b"y"), (8, b"\x08\0"), (14, b"\0\0\0\1"), (22, b"\1\0\0\0")])
def test_refuses_a_part_that_is_announced_otherwise(tmp_path: Path, field: int, value: bytes) -> None:
    """What stands before a part, and what the table of contents says of it, are the same: name, method, sum, size."""
    path = tmp_path / "other.xlsx"
    content = raw_zip(path, workbook_parts())
    header = content.rindex(b"PK\x03\x04")  # the worksheet is the last part
    content[header + field : header + field + len(value)] = value
    path.write_bytes(content)

    assert refusal(path) == (
        f"{path} is damaged: its table of contents says something else about {SHEET!r} than stands before that part; "
        "save it again"
    )


@pytest.mark.parametrize(("name", "is_clear"), [(SHEET, True), ("xl/worksheets/other.xml", False)])
def test_refuses_a_part_that_an_extra_field_calls_otherwise(tmp_path: Path, name: str, is_clear: bool) -> None:
    """Some programs unpack a part under the name of such a field; the same name in it is harmless."""
    field = struct.pack("<BI", 1, zlib.crc32(SHEET.encode())) + name.encode()
    path = tmp_path / "book.xlsx"
    with ZipFile(path, "w") as archive:
        for part, content in workbook_parts().items():
            info = ZipInfo(part)
            if part == SHEET:
                info.extra = struct.pack("<HH", 0x7075, len(field)) + field
            archive.writestr(info, content)

    if is_clear:
        open_container(path).close()
    else:
        assert "says something else about" in refusal(path)


def test_refuses_parts_that_overlap(tmp_path: Path) -> None:
    """Two entries for the same bytes are a way to make a small file huge."""
    path = tmp_path / "overlap.xlsx"
    content = raw_zip(path, {**workbook_parts(), "xl/worksheets/sheet2.xml": "<worksheet/>"})
    second = content.rindex(b"PK\x01\x02")
    first = content.rindex(b"PK\x01\x02", 0, second)
    content[second + 42 : second + 46] = content[first + 42 : first + 46]
    path.write_bytes(content)

    assert f"{path} contains parts that overlap, {UNCLEAR}" == refusal(path)


@pytest.mark.parametrize("name", ["xl/sheet4.dat", "xl/sheet4.XML", "xl/sheet4", "xl/media/image1.png"])
def test_refuses_a_document_type_whatever_a_part_is_called(write_parts: Callable[..., Path], name: str) -> None:
    """A relation may lead to a part of any name."""
    path = write_parts({**workbook_parts(), name: '\n <!DOCTYPE a [<!ENTITY b "bb">]><worksheet>&b;</worksheet>'})

    assert f"has a document type definition in its part {name}" in refusal(path)


TEXT = '<?xml version="1.0" encoding="{}"?><worksheet/>'


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (TEXT.format("UTF-32").encode("utf-32"), "UTF-32"),
        (TEXT.format("UTF-32").encode("utf-32-be"), "UTF-32"),
        (TEXT.format("utf-7").encode(), "utf-7"),
        (TEXT.format("klingon").encode(), "klingon"),
        (TEXT.format("ISO-8859-1").encode(), "ISO-8859-1"),
        (TEXT.format("utf-16").encode(), "utf-16"),
        (TEXT.format("utf-8").encode("utf-16"), "utf-8"),
        ("\ufeff<worksheet/>".encode("utf-16-le") + b"\0", "UTF-16 that is damaged"),
        (b"\xef\xbb\xbf" + TEXT.format("utf-7").encode(), "utf-7"),
        ("<worksheet/>".encode("utf-16-le"), "UTF-16 without a mark at its start"),
        (TEXT.format("utf-16").encode("utf-16-be"), "UTF-16 without a mark at its start"),
        (TEXT.format("utf-16-le").encode("utf-16"), "utf-16-le"),
    ],
)
@pytest.mark.parametrize("name", [SHEET, "xl/workbook.xml", "_rels/.rels", "xl/other.dat"])
def test_refuses_other_encodings(write_parts: Callable[..., Path], content: bytes, encoding: str, name: str) -> None:
    """Workbooks are in UTF-8 or UTF-16; what is declared or is something else is named."""
    path = write_parts({**workbook_parts(), name: content})

    assert refusal(path) == (
        f"{path} has its part {name} in the encoding {encoding}, which programs read differently; workbooks are in "
        "UTF-8 or UTF-16, so save it again"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_reads_both_encodings(write_parts: Callable[..., Path], encoding: str) -> None:
    """With or without a declaration, a part is handed out in UTF-8, and its formulas are seen."""
    text = workbook_parts('<row r="1"><c r="A1" t="str"><f>IFERROR(FOO(1),2)</f><v>é</v></c></row>')[SHEET]
    declared = f'<?xml version="1.0" encoding="{encoding[:6].rstrip("-")}"?>'
    for before in ("", declared):
        with open_container(write_parts({**workbook_parts(), SHEET: (before + text).encode(encoding)})) as opened:
            assert text in opened.read(SHEET).decode()
            assert "FOO" in opened.formulas.beside_swallowing
