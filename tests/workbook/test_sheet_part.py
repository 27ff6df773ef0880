"""What is asked of each kind of row of a worksheet is what would be found by looking through all of it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from workbook_parts import MAIN

from xlcheck.workbook import sheet_part
from xlcheck.workbook.packed_cells import PackedCells
from xlcheck.workbook.plain_sheet import read_plain
from xlcheck.workbook.sheet_part import SheetPart

HEAD = f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{MAIN}"><cols/><sheetData>'
TAIL = "</sheetData><mergeCells/></worksheet>"
CELLS = (
    '<c r="B{row}"/>', '<c r="C{row}" s="{row}"><v>-0.5</v></c>', '<c r="D{row}"><f>A{row}&amp;"x"</f><v>1e-05</v></c>',
    '<c r="E{row}" s="3" t="s"><v>0</v></c>', '<c r="F{row}" t="str"><f>IF(A1,"","&#65;")</f><v>apple</v></c>',
)  # fmt: skip
WORDS = (b"&#", b"<!", b'hidden="', b"IF(", b"xmlns", b"t=", b"<f>", b"rPr", b"= ")


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a small part is cut into many pieces, as a large one is."""
    monkeypatch.setattr(sheet_part, "_CHUNK", 64)


def drawn(seed: int) -> bytes:
    """A part of random rows, some of them empty, low, hidden or ended at once."""
    rng = np.random.default_rng(seed)
    rows = []
    for row in np.sort(rng.choice(400, 60, replace=False)) + 1:
        height = ("", "", "", ' ht="3"', ' ht="30.5" hidden="1"')[rng.integers(5)]
        cells = "".join(cell.format(row=row) for cell in CELLS[: rng.integers(5)] if rng.random() < 0.7)
        comment = "<!-- - -->" if rng.random() < 0.05 * (seed % 2) else ""
        tag = f'<row r="{row}"{height}'
        rows.append(f"{tag}/>" if rng.random() < 0.2 else f"{tag}>{cells}{comment}</row>")
    if seed % 3 == 0:
        rows.append('<row r="999"><c r="F999" t="str"><f>IF(A1,"","&#65;")</f><v>apple</v></c></row><row r="1000"/>')
    return f"{HEAD}{''.join(rows)}{TAIL}".encode()


@pytest.mark.parametrize("seed", range(12))
def test_each_kind_of_row_says_what_the_rows_say(seed: int) -> None:
    """Words without digits, the tags of rows with a height, the number of rows, what stands around them."""
    content = drawn(seed)
    part = SheetPart(content)
    kinds = part.kinds
    first, last = part.area

    assert kinds.is_framed
    assert kinds.head + content[first:last] + kinds.tail == content
    assert len(kinds.kinds) < len(kinds.of_row) == content.count(b"</row>") + (not content[:last].endswith(b"</row>"))
    assert {word for word in WORDS if part.says(word)} == {word for word in WORDS if word in content}
    assert kinds.tags == set(re.findall(rb"<row [^>]*ht=[^>]*>", content))
    pieces = re.sub(rb"[0-9-]", b"", content[first:last]).replace(b"e</v>", b"</v>").split(b"</row>")
    assert [kinds.kinds[place] for place in kinds.of_row] == pieces[: len(kinds.of_row)]


@pytest.mark.parametrize("seed", [0, 2, 4, 8])
def test_styles_and_texts_are_those_of_the_cells_that_hold_something(seed: int) -> None:
    """A style for each cell that is read, 0 where none is written, and each shared text; wherever the part was cut."""
    content = drawn(seed).replace(b"&#65;", b"A")
    cells = read_plain(SheetPart(content), ["text"])
    written = re.findall(rb'<c r="([A-Z]+)(\d+)"(?: s="(\d+)")?[^>/]*>', content)

    assert isinstance(cells, PackedCells)
    assert cells.styles.tolist() == [int(style or 0) for _, _, style in written]
    assert [row + 1 for row, _ in cells] == [int(row) for _, row, _ in written]
    texts = [int(text) for text in re.findall(rb't="s"><v>(\d+)', content)]
    assert list(cells.shared.values()) == texts
    assert all(cells.others[place] == "text" for place in cells.shared)


@pytest.mark.parametrize(
    "content",
    [b"", b"<worksheet/>", b"<worksheet><sheetData/></worksheet>", HEAD.encode(), f"{HEAD}{TAIL}".encode(),
     f"{HEAD}<x:sheetData></x:sheetData>{TAIL}".encode(), b'<x:sheetData><x:row r="1"/></x:sheetData>'],
)  # fmt: skip
def test_other_parts_are_kept_whole(content: bytes) -> None:
    """Nothing is lost of what has no rows, or has them in another frame."""
    part = SheetPart(content)
    first, last = part.area

    assert part.kinds.head + content[first:last] + part.kinds.tail == content
    assert part.kinds.is_framed == (content == f"{HEAD}{TAIL}".encode())
    assert b"sheetData" not in content or part.says(b"sheetData")


def test_what_was_let_go_is_read_again(tmp_path: Path) -> None:
    """Its kinds are known without it; the part itself is read when somebody asks for it."""
    path = tmp_path / "part.xml"
    path.write_bytes(drawn(1))
    slim = SheetPart(drawn(1)).kept(path.read_bytes)
    known = slim.kinds.of_row.tolist()
    path.write_bytes(b"another")

    assert known == SheetPart(drawn(1)).kinds.of_row.tolist()
    assert slim.content == b"another"


@pytest.mark.parametrize(
    "row",
    [
        '<row r="7" hidden="1">',
        '<row r="7" hidden="&#49;">',
        "<row r='7' hidden = '1'>",
        '<row r="7"\n\thidden="1">',
        '<row r="7" x=">" hidden ="1">',
        '<!-- x --><row r="7" hidden="1">',
        '<?x y?><row r="7" hidden="1">',
        f'<x-y:row xmlns:x-y="{MAIN}" r="7" hidden="1">',
    ],
)
def test_a_hidden_row_is_found_however_it_is_spelled(row: str) -> None:
    """Characters by their numbers, quotes, spaces, lines, brackets in values, comments, instructions and prefixes."""
    end = "</x-y:row>" if row.startswith("<x-y") else "</row>"
    others = "".join(f'<row r="{number}"><c r="A{number}"><v>1</v></c></row>' for number in range(8, 50))
    part = f'{HEAD}<row r="3"/>{row}<c r="A7"><v>1</v></c>{end}{others}{TAIL}'.encode()

    assert [(number, attributes["hidden"]) for number, attributes in SheetPart(part).sized_rows()] == [(6, "1")]


@pytest.mark.parametrize("between", ["", "<!-- - -->"])
@pytest.mark.parametrize("nothing", ["", ' r=""', ' r="x"'])
def test_rows_without_a_number_follow_the_one_before(between: str, nothing: str) -> None:
    """As in any program, also where every row is spelled as usual."""
    part = f'{HEAD}<row r="3"/>{between}<row{nothing} ht="3"/><row/><row{nothing} hidden="1"/>{TAIL}'.encode()

    assert [number for number, _ in SheetPart(part).sized_rows()] == [3, 5]
