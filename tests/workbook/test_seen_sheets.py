"""Worksheets that are the same in many files are parsed once, and hold what each file says."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

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


def test_what_was_read_belongs_to_nobody_else() -> None:
    """Two files with the same part have cells of their own."""
    path = WORKBOOKS / "simple-rnn.xlsx"
    seen = SeenSheets()
    one, two = read_workbook(path, seen=seen), read_workbook(path, seen=seen)

    name = next(iter(one.sheets))
    assert one.sheets[name].cells is not two.sheets[name].cells
