"""Worksheets that are the same in many files are parsed once, and hold what each file says."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest

from xlcheck.errors import WorkbookError
from xlcheck.workbook.content import Cell
from xlcheck.workbook.reader import read_workbook
from xlcheck.workbook.seen_sheets import SeenSheets

WORKBOOKS = Path(__file__).parents[2] / "workbooks"


def with_texts(source: Path, target: Path, old: str, new: str) -> Path:
    """A copy in which the shared texts are others, and every worksheet part is the same byte by byte."""
    with ZipFile(source) as archive, ZipFile(target, "w") as copy:
        for name in archive.namelist():
            content = archive.read(name)
            if name == "xl/sharedStrings.xml":
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode())
            copy.writestr(name, content)
    return target


def test_the_same_parts_hold_the_texts_of_each_file(tmp_path: Path) -> None:
    """Whether a part was met before changes nothing in what is read, texts included."""
    first = WORKBOOKS / "simple-rnn.xlsx"
    other = with_texts(first, tmp_path / "other.xlsx", "kernel", "Gewichte")
    seen = SeenSheets()

    for path in (first, other, first, other):
        known, alone = read_workbook(path, seen=seen), read_workbook(path)
        assert {s: dict(c.cells) for s, c in known.sheets.items()} == {
            s: dict(c.cells) for s, c in alone.sheets.items()
        }
        assert known == alone
    texts = [cell.value for sheet in read_workbook(other, seen=seen).sheets.values() for cell in sheet.cells.values()]
    assert any("Gewichte" in text for text in texts if isinstance(text, str))
    assert all(type(text) is str for text in texts if isinstance(text, str))


def test_what_was_read_cannot_be_changed_for_others() -> None:
    """Two files with the same part share its cells, so nobody can put others in their place."""
    path = WORKBOOKS / "simple-rnn.xlsx"
    seen = SeenSheets()
    one, two = read_workbook(path, seen=seen), read_workbook(path, seen=seen)

    for name, sheet in one.sheets.items():
        with pytest.raises(TypeError):
            sheet.cells[0, 0] = Cell("changed")  # type: ignore[index]  # a type checker forbids it as well
        assert sheet.cells == two.sheets[name].cells


@pytest.mark.parametrize("what", ["checksum", "size", "content"])
def test_a_part_counts_as_seen_only_if_all_of_it_is_the_same(tmp_path: Path, what: str) -> None:
    """A part that a clean file has, too, is refused where the archive says something else of it."""
    clean, other = WORKBOOKS / "simple-rnn.xlsx", tmp_path / "other.xlsx"
    data = bytearray(clean.read_bytes())
    with ZipFile(clean) as archive:
        info = archive.getinfo("xl/sharedStrings.xml")
        local = info.header_offset
        place = archive.start_dir + data[archive.start_dir :].index(b"xl/sharedStrings.xml") - 46
    if what == "content":
        data[local + 30 + len(info.filename) + info.compress_size // 2] ^= 1
    for start in (local + (14 if what == "checksum" else 22), place + (16 if what == "checksum" else 24)):
        if what != "content":
            data[start] ^= 1
    other.write_bytes(data)
    seen = SeenSheets()
    read_workbook(clean, seen=seen)

    with pytest.raises(WorkbookError, match=r"sharedStrings\.xml does not unpack to what the file declares"):
        read_workbook(other, seen=seen)
    assert read_workbook(clean, seen=seen) == read_workbook(clean)
