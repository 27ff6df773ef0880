"""Predict, then look: questions on the pages, with the answers in notes, and all of them on a last page for paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlcheck.formulas.addresses import Range
from xlcheck.layout.common import title
from xlcheck.layout.draft import Draft
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.spreading import height_of
from xlcheck.texts import say, say_all
from xlcheck.workbook.plan import Link, Merge, Note

Questions = Mapping[str, Sequence[tuple[str, str]]]
"""For each page what to predict, and the answer."""

NAME = "Answers"
_WIDTHS = (18.0, 62.0, 78.0)  # letters of the name of a sheet, of a question, and of its answer
_LINE = 14.0  # points
_LINKS, _LINK_WIDE = ((3, 0), (2, 2)), 120  # of which one is free on most pages, and the pixels that it takes
_ROW_PIXELS, _TOP = 20, 3


def ask(draft: Draft, questions: Questions) -> None:
    """Put the questions under whatever stands on the pages, with a link to them at the top, and add the answers.

    Pages that the workbook has not are passed over.
    """
    asked = {name: questions[name] for name in draft.sheets if name in questions}
    for name, own in asked.items():
        _ask(draft.sheets[name], own)
    if asked:
        _answers(draft.sheet(NAME), asked)


def _answers(sheet: SheetDraft, asked: Questions) -> None:
    """Every question with its answer, in the order of the pages."""
    subtitle = say("questions.intro")
    title(sheet, NAME, subtitle, len(_WIDTHS))
    sheet.widths.update(enumerate(_WIDTHS))
    sheet.put_row(_TOP, 0, say_all("questions.header"), "header_left")
    row = _TOP + 1
    for name, own in asked.items():
        sheet.put(row, 0, Link(name, Range(name, 0, 0)), "link_top")
        sheet.starts.append(row)
        for number, (question, answer) in enumerate(own, start=1):
            texts = (f"{number}.  {question}", answer)
            sheet.put_row(row, 1, texts, "wrap_beside")
            paragraphs = [
                Merge(sheet.at(row, column), text, "wrap_beside") for column, text in enumerate(texts, start=1)
            ]
            sheet.heights[row] = 4 + max(_LINE, *(height_of(paragraph, sheet.widths) for paragraph in paragraphs))
            row += 1
    sheet.freeze = (_TOP + 1, 1)


def _ask(sheet: SheetDraft, asked: Sequence[tuple[str, str]]) -> None:
    row, left = sheet.questions or (_end(sheet) + 1, 0)
    if place := next((place for place in _LINKS if _is_free(sheet, *place)), None):
        sheet.put(*place, Link(say("questions.link"), Range(sheet.name, row, left)), "link")
    sheet.put(row, left, say("questions.heading"), "heading_question")
    for number, (question, answer) in enumerate(asked, start=1):
        cell = sheet.put(row + 2 * number - 1, left, f"{number}.  {question}", "question")
        mark = sheet.put(cell.top + 1, left, say("questions.answer", name=NAME), "answer")
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
