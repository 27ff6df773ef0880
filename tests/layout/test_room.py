"""What is written has room: no text of a lesson is cut by the cell beside it, and no paragraph by its row.

How wide letters are is reckoned here anew, by what kind of letter each is, and not by how many there are.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from drawn_plans import drawn
from lesson_plans import WORKBOOKS, known_plan
from thorough import spread

from xlcheck.layout.front import WIDE
from xlcheck.layout.images import NAME as IMAGES
from xlcheck.layout.plan import plan_model
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.start import reading
from xlcheck.workbook.plan import Formula, Link, PlannedSheet, WorkbookPlan
from xlcheck.workbook.styles import STYLES

_THIN, _BROAD = set("iljtfI.,:;'|!()[]{} ·ₜ₋₁₀₂₃-"), set("mwMW→←×ΣQO@%")
_SLACK, _WORD_SLACK = 1.04, 1.1  # of a reckoning by kinds of letters, for texts and for single words


def said(content: object) -> str:
    """What a cell shows at first, if it is a text."""
    shown = content.value if isinstance(content, Formula) else content.text if isinstance(content, Link) else content
    return shown if isinstance(shown, str) else ""


def em(letter: str) -> float:
    """The width of a letter of Arial, in parts of its size."""
    if unicodedata.combining(letter):
        return 0.0
    return 0.29 if letter in _THIN else 0.85 if letter in _BROAD else 0.69 if letter.isupper() else 0.55


def width_of(text: str, style: str) -> float:
    """Pixels of a text on one line."""
    own = STYLES[style]
    size = own["font_size"] * 4 / 3
    if own["font_name"] == "Courier New":
        return float(0.6 * size * len(text))
    ems = sum(map(em, text))
    narrow = 0.85 if own["font_name"] == "Times New Roman" else 1.07 if own.get("bold") else 1.0
    return float(ems * size * narrow + 9 * own.get("indent", 0))


def pixels(sheet: PlannedSheet, column: int) -> float:
    """Of a column."""
    return 7 * sheet.widths.get(column, 8.43) + 5


def used(sheet: PlannedSheet) -> set[tuple[int, int]]:
    """Every cell in which something stands."""
    areas = [item.area for item in (*sheet.blocks, *sheet.spills, *sheet.merges)]
    cells = {cell for area in areas for cell in area.cells()}
    return cells | {(cell.row, cell.column) for cell in sheet.cells if cell.content is not None}


def cut(sheet: PlannedSheet) -> Iterator[tuple[str, int, str]]:
    """Texts on one line that need more room than there is up to the next cell in which something stands."""
    taken = used(sheet)

    def room(row: int, column: int, by: int) -> float:
        found = 0.0
        while 0 <= (column := column + by) < 200 and (row, column) not in taken and found < 3000:
            found += pixels(sheet, column)
        return found

    for cell in sheet.cells:
        text, style = said(cell.content), STYLES[cell.style]
        align = style.get("align", "left")
        if not text or style.get("text_wrap") or align not in {"left", "right", "center"}:
            continue
        left, right = (room(cell.row, cell.column, by) for by in (-1, 1))
        beside = {"left": right, "right": left, "center": 2 * min(left, right)}[align]
        if width_of(text, cell.style) > _SLACK * (pixels(sheet, cell.column) + beside):
            yield sheet.name, cell.row + 1, text


def squeezed(sheet: PlannedSheet) -> Iterator[tuple[str, int, str]]:
    """Texts on several lines that need more of them than the rows are high, or have a word that is broken."""
    places = [(cell.content, cell.style, cell.row, 1, [cell.column]) for cell in sheet.cells]
    places += [(m.content, m.style, m.area.top, m.area.rows, [*range(m.area.left, m.area.left + m.area.columns)])
               for m in sheet.merges]  # fmt: skip
    for content, style, row, rows, columns in places:
        if not (text := said(content)) or not STYLES[style].get("text_wrap"):
            continue
        wide = sum(pixels(sheet, column) for column in columns) - 6
        lines = sum(max(1, -(-width_of(line, style) // wide)) for line in text.split("\n"))
        high = sum(sheet.heights.get(row + below, 15.0) for below in range(rows))
        words = [] if STYLES[style]["font_name"] == "Courier New" else text.split()  # formulas may break anywhere
        longest = max((width_of(word, style) for word in words), default=0.0)
        if lines * STYLES[style]["font_size"] * 1.15 > high + 3 or longest > _WORD_SLACK * wide:
            yield sheet.name, row + 1, text


@pytest.fixture(scope="module", params=spread(WORKBOOKS, 2))
def plan(request: pytest.FixtureRequest) -> WorkbookPlan:
    """What each workbook of the repository is written from, laid out once for all tests here."""
    return known_plan(request.param)


def lonely(sheet: PlannedSheet) -> list[int]:
    """Ends of pages before which a heading, or a question without its answer, stands last."""
    last = {
        cell.row for cell in sheet.cells if cell.style in {"heading", "heading_question", "link_heading", "question"}
    }
    return [row for row in sheet.breaks if row - 1 in last]


def test_no_text_is_cut(plan: WorkbookPlan) -> None:
    """Every text can be read to its end, beside whatever stands to its right, and in the height of its row."""
    sheets = [sheet for sheet in plan.sheets if not sheet.hidden]

    assert len(sheets) > 2
    assert [found for sheet in sheets for found in cut(sheet)] == []
    assert [found for sheet in sheets for found in squeezed(sheet)] == []


def test_no_text_is_cut_on_paper(plan: WorkbookPlan) -> None:
    """What stands in several cells, as paragraphs do, ends before the last column that is printed."""
    sheets = [sheet for sheet in plan.sheets if sheet.printed and sheet.print_columns]
    assert [
        (sheet.name, str(merge.content))
        for sheet in sheets
        for merge in sheet.merges
        if merge.area.left < (sheet.print_columns or 0) < merge.area.left + merge.area.columns
    ] == []


def beyond(sheet: PlannedSheet) -> list[str]:
    """Lines from the first column on that end to the right of the columns of the first sheet."""
    wide = sum(pixels(sheet, column) for column in range(WIDE))
    lines = [(said(cell.content), cell.style) for cell in sheet.cells if cell.column == 0]
    return [text for text, style in lines if width_of(text, style) > wide]


def test_the_first_sheet_is_as_wide_as_its_page(plan: WorkbookPlan) -> None:
    """No line of it, such as one on how to read the workbook, is longer than the page is wide."""
    assert beyond(plan.sheets[0]) == []


@pytest.mark.parametrize("step", [None, "adam"])
def test_how_to_read_the_way_back_has_room(step: str | None) -> None:
    """The lines on how to read the workbook of a model fit on its first sheet, those on images and gradients, too."""
    draft = SimpleNamespace(sheets={IMAGES: None})
    sheet = SheetDraft("Start", widths=dict.fromkeys(range(WIDE), 9.2))
    for row, line in enumerate(reading(draft, SimpleNamespace(step=step))):
        sheet.put(row, 0, f"{row + 1}.  {line}")

    assert len(sheet.cells) > 5
    assert beyond(sheet.finish()) == []


def test_no_page_ends_with_a_heading(plan: WorkbookPlan) -> None:
    """On paper a heading stands above what it speaks of, and a question above its answer."""
    assert [(sheet.name, found) for sheet in plan.sheets if (found := lonely(sheet))] == []


def test_words_of_long_tables_have_room_below_their_charts(plan: WorkbookPlan) -> None:
    """A word over a step is read along the axis, without turning the page: each has 30 pixels, or there are few."""
    charts = [chart for sheet in plan.sheets for chart in sheet.charts if chart.x_title == "time step"]
    steps = [(chart.width, series.values.columns) for chart in charts for series in chart.series[:1]]

    assert [(width, count) for width, count in steps if count <= 18 and width < 30 * count] == []


@pytest.mark.parametrize("seed", spread(list(range(60)), 12))
def test_no_text_of_a_random_model_is_cut(seed: int) -> None:
    """However many units, steps and samples it has, whatever its layers are called, and how large its numbers are;
    nor does one of its pages end with a heading.
    """
    spec, trace, samples = drawn(seed)
    sheets = [sheet for sheet in plan_model(spec, trace, trace, samples).sheets if not sheet.hidden]

    assert [found for sheet in sheets for found in cut(sheet)] == []
    assert [found for sheet in sheets for found in squeezed(sheet)] == []
    assert [found for sheet in sheets for found in lonely(sheet)] == []
