"""Predict, then look: questions on the pages, with the answers in notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlcheck.formulas.addresses import Range
from xlcheck.layout.draft import Draft
from xlcheck.layout.sheet import SheetDraft
from xlcheck.workbook.plan import Link, Note

Questions = Mapping[str, Sequence[tuple[str, str]]]
"""For each page what to predict, and the answer."""

HEADING = "Predict, then look"
_LINKS, _LINK_WIDE = ((3, 0), (2, 2)), 120  # of which one is free on most pages, and the pixels that it takes
_ROW_PIXELS = 20


def ask(draft: Draft, questions: Questions) -> None:
    """Put the questions under whatever stands on the pages, with a link to them at the top.

    Args:
        draft: the workbook, with every page filled; pages that it has not are passed over.
        questions: for each page.
    """
    for name, asked in questions.items():
        if name in draft.sheets:
            _ask(draft.sheets[name], asked)


def _ask(sheet: SheetDraft, asked: Sequence[tuple[str, str]]) -> None:
    row, left = sheet.questions or (_end(sheet) + 1, 0)
    if place := next((place for place in _LINKS if _is_free(sheet, *place)), None):
        sheet.put(*place, Link(f"{HEADING.lower()} ↓", Range(sheet.name, row, left)), "link")
    sheet.put(row, left, HEADING, "heading_question")
    for number, (question, answer) in enumerate(asked, start=1):
        cell = sheet.put(row + 2 * number - 1, left, f"{number}.  {question}", "question")
        mark = sheet.put(cell.top + 1, left, "answer: rest the pointer here", "answer")
        sheet.notes.append(Note(mark, answer))
        sheet.heights.setdefault(cell.top, 18)


def _is_free(sheet: SheetDraft, row: int, column: int) -> bool:
    """Whether a link has room in a cell and those to its right."""
    room = 0
    while room < _LINK_WIDE and (row, column) not in sheet.cells:
        room += sheet.pixels(column)
        column += 1
    return room >= _LINK_WIDE


def _end(sheet: SheetDraft) -> int:
    """The row after everything that stands on a sheet."""
    areas = [*(m.area for m in sheet.merges), *(b.area for b in sheet.blocks), *(s.area for s in sheet.spills)]
    ends = [row + 1 for row, _ in sheet.cells] + [a.top + a.rows for a in areas]
    charts = [chart.row + -(-chart.height // _ROW_PIXELS) + 1 for chart in sheet.charts]
    return max([*ends, *charts])
