"""Texts run on, or are centred across cells: cells are merged only where no alignment does the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell import Cell
from thorough import spread

from xlcheck.formulas.addresses import Range
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.spreading import height_of, is_right, spread as spread_over
from xlcheck.workbook.plan import Formula, Link, Merge

EVERY = sorted((Path(__file__).parents[2] / "workbooks").glob("*.xlsx"))
_HEADS = set("▲▼◀▶")


def reason(sheet: str, cell: Cell) -> str:
    """Why cells are merged, if there is a reason."""
    if sheet == "Picture":
        if cell.value in _HEADS:
            return "the head of an arrow, which must point at its line in every program"
        if cell.number_format != "General" or str(cell.value).startswith("="):
            return "a number, which does not run on"
        return "a label two rows high" if cell.font.size == 12 else ""
    if cell.alignment.wrap_text:
        return "a paragraph, which is wrapped"
    return "a frame to type into" if cell.border.left.style and not str(cell.value).startswith("=") else ""


def merged(path: Path) -> Iterator[tuple[str, str, Cell]]:
    """Sheet, address and first cell of all merged cells of a workbook."""
    for sheet in openpyxl.load_workbook(path).worksheets:
        for area in sheet.merged_cells.ranges:
            yield sheet.title, str(area), sheet.cell(area.min_row, area.min_col)


@pytest.mark.parametrize("path", spread(EVERY, 5), ids=lambda path: path.stem)
def test_only_what_cannot_be_aligned_is_merged(path: Path) -> None:
    """Numbers and heads of arrows in drawings, paragraphs, frames; on other sheets than Picture at most four."""
    cells = list(merged(path))
    on_pages = Counter(sheet for sheet, _, _ in cells if sheet != "Picture")

    assert not [(sheet, area, cell.value) for sheet, area, cell in cells if not reason(sheet, cell)]
    assert max(on_pages.values()) <= 4


def placed(content: str | Link | Formula | float, style: str, *, exact: bool = False) -> tuple[list[str], int]:
    """The styles of four cells that show something as one, and how many merged areas there are."""
    sheet = SheetDraft("s")
    sheet.merge(sheet.at(0, 0, 1, 4), content, style, exact=exact)
    return [
        f"{sheet.cells[0, k].style}:{sheet.cells[0, k].content}" if (0, k) in sheet.cells else "" for k in range(4)
    ], len(sheet.merges)


def test_texts_stand_where_their_alignment_spreads_them() -> None:
    """On the left the first cell has the text, on the right the last one; centred, all cells share its borders."""
    assert placed("a", "text") == (["text:a", "", "", ""], 0)
    assert placed("a", "label") == (["", "", "", "label:a"], 0)
    assert placed("a", "header_right") == (["header_right:None"] * 3 + ["header_right:a"], 0)
    assert placed("a", "node") == (["node_from:a", "node_over:None", "node_over:None", "node_to:None"], 0)
    assert placed(Formula('"a"', "a"), "strong")[1] == 0
    assert placed(Link("a", Range("s", 0, 0)), "link")[1] == 0


def test_numbers_and_frames_are_merged() -> None:
    """A number does not run on, a frame with borders is not run over, and what must not move does not."""
    assert placed(Formula("1/3", 1 / 3), "state_number") == ([""] * 4, 1)
    assert placed("a", "typed_left") == ([""] * 4, 1)
    assert placed("▲", "arrow_head", exact=True) == ([""] * 4, 1)


def test_a_short_paragraph_is_a_line() -> None:
    """It runs on if it fits; a longer one is wrapped in merged cells. A formula's text may become longer."""
    sheet = SheetDraft("s", widths=dict.fromkeys(range(4), 20.0))
    sheet.merge(sheet.at(0, 0, 1, 4), "short", "subtitle")
    sheet.merge(sheet.at(1, 0, 1, 4), "long " * 30, "subtitle")
    sheet.merge(sheet.at(2, 0, 1, 4), Formula('"a"', "a"), "remark")
    plan = sheet.finish()

    assert [(cell.row, cell.style) for cell in plan.cells] == [(0, "subtitle_line")]
    assert [merge.area.top for merge in plan.merges] == [1, 2]


def test_what_is_spread_is_a_text_in_one_row() -> None:
    """A number, a frame, or a row of two rows is not; a coloured text has its colour in every cell."""
    row, block = Range("s", 0, 0, 1, 3), Range("s", 0, 0, 2, 3)

    assert spread_over(row, "a", "text") == ["text", None, None]
    assert spread_over(row, 0.5, "text") == spread_over(block, "a", "text") == spread_over(row, "a", "typed_left") == []
    assert spread_over(row, Formula("1/2", 0.5), "text") == []
    assert set(spread_over(row, "a", "header_right")) == {"header_right"}
    assert is_right("label")
    assert not is_right("text")


def test_a_paragraph_is_as_high_as_its_lines() -> None:
    """Of one line nothing is asked; in columns of half the width it takes more lines, and so more points."""
    merge = Merge(Range("s", 0, 0, 1, 4), "word " * 40, "subtitle")
    wide, narrow = (height_of(merge, dict.fromkeys(range(4), letters)) for letters in (30.0, 15.0))

    assert 0 < wide < narrow
    assert height_of(Merge(merge.area, "word", "subtitle"), {}) == 0.0
    assert height_of(Merge(merge.area, 0.5, "subtitle"), {}) == 0.0
