"""Start: what is to be done, how far one is, what is worth how much, and what the colours mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlcheck.exercises.hints import NAME as HINTS
from xlcheck.exercises.key import Blank
from xlcheck.exercises.marks import OPEN, RIGHT, WRONG
from xlcheck.exercises.plan import ExercisePlan
from xlcheck.formulas.addresses import Range
from xlcheck.grouping import grouped
from xlcheck.layout.common import START, heading
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.drawings.picture import LayerSummary
from xlcheck.layout.sheet import SheetDraft
from xlcheck.texts import say, say_all, texts
from xlcheck.workbook.plan import Formula, Link

WIDE = 12
ID_TEXT, NAME_TEXT = "⟦id of the student⟧", "⟦name of the student⟧"
"""What stands for a student's id and name in the workbook from which each student's own is made."""

_STUDENT, _TASK = 3, 7


@dataclass(frozen=True)
class Front:
    """The words of the first sheet.

    Attributes:
        title: of the exercise.
        text: what students are to do.
        personal: whether id and name of a student stand there; else everybody types them.
    """

    title: str
    text: str
    personal: bool


def instructions(plan: ExercisePlan) -> list[str]:
    """What everybody has to know, one sentence each."""
    lines = [
        say("exercise.fill"),
        say("exercise.typed_some" if plan.typed else "exercise.typed", percent=100 * plan.typed),
    ]
    lines.append(say("exercise.once"))
    if plan.feedback == "cells":
        lines.append(say("exercise.marks", open=OPEN, right=RIGHT, wrong=WRONG))
    if plan.hints:
        lines.append(say("exercise.hints", sheet=HINTS))
    return [*lines, say("exercise.hand_in")]


def front_sheet(
    draft: Draft,
    sheet: SheetDraft,
    words: Front,
    blanks: Sequence[Blank],
    marks: Sequence[Range],
    plan: ExercisePlan,
    layers: Sequence[LayerSummary],
) -> tuple[Range, Range | None]:
    """Fill the sheet; returns where the student's id stands and where the right blanks are counted."""
    sheet.widths.update({0: 24, 1: 22, 2: 50, **dict.fromkeys(range(3, WIDE), 9.5)})
    sheet.one_page = True
    sheet.put(0, 0, words.title, "title")
    sheet.heights[0] = 32
    sheet.merge(sheet.at(1, 0, 1, WIDE), words.text, "subtitle")
    sheet.heights[1] = 52 if len(words.text) < 320 else 70
    sheet.put(_STUDENT, 0, say("exercise.student"), "name")
    sheet.put(_STUDENT + 1, 0, say("exercise.name"), "name")
    style = "strong" if words.personal else "typed"
    id_cell = sheet.put(_STUDENT, 1, ID_TEXT if words.personal else None, style)
    sheet.put(_STUDENT + 1, 1, NAME_TEXT if words.personal else None, style)
    right = _count(sheet, blanks, marks)
    row = _TASK
    heading(sheet, row, say("exercise.what"), WIDE)
    sheet.put_row(row + 1, 0, say_all("exercise.table"), "header_left")
    row += 2
    groups = grouped((draft.graph[blank.quantity].band.name, blank) for blank in blanks)
    for name, own in groups.items():
        band = draft.graph[own[0].quantity].band
        sheet.put(row, 0, Link(name, own[0].cell), "link")
        sheet.put(row, 1, band.label or band.symbol, "symbol")
        sheet.put(row, 2, band.equation, "equation")
        sheet.put(row, 3, float(len(own)), "column_label")
        sheet.put(row, 4, f"{sum(blank.points for blank in own):g}", "label")
        row += 1
    sheet.put(row, 2, say("common.in_all"), "name")
    sheet.put(row, 3, float(len(blanks)), "column_label")
    sheet.put(row, 4, f"{sum(blank.points for blank in blanks):g}", "label")
    row = _lines(sheet, row + 2, say("exercise.how"), instructions(plan))
    row = _pages(draft, sheet, row + 1, layers)
    _legend(draft, sheet, row + 1)
    return id_cell, right


def _count(sheet: SheetDraft, blanks: Sequence[Blank], marks: Sequence[Range]) -> Range | None:
    """How many blanks are right so far."""
    if not marks:
        return None
    sheet.put(_STUDENT + 2, 0, say("exercise.right_so_far"), "name")
    terms = "+".join(f'COUNTIF({reference(area, START, fixed=True)},"{RIGHT}")' for area in marks)
    cell = sheet.put(_STUDENT + 2, 1, Formula(terms, 0.0), "output_code")
    sheet.put(_STUDENT + 2, 2, say("exercise.of", count=len(blanks)), "text_beside")
    return cell


def _lines(sheet: SheetDraft, row: int, what: str, lines: Sequence[str]) -> int:
    heading(sheet, row, what, WIDE)
    for offset, line in enumerate(lines, start=1):
        sheet.merge(sheet.at(row + offset, 0, 1, WIDE), f"{offset}.  {line}", "wrap")
        sheet.heights[row + offset] = 18 if len(line) < 150 else 34
    return row + 1 + len(lines)


def _pages(draft: Draft, sheet: SheetDraft, row: int, layers: Sequence[LayerSummary]) -> int:
    heading(sheet, row, say("front.sheets"), WIDE)
    layers_said = {layer.sheet: say("exercise_pages.layer", name=layer.call.name, kind=layer.kind) for layer in layers}
    said = {**texts("sheets")["exercise_pages"], "Inputs": say("pages.input"), "Loss": say("pages.loss"), **layers_said}
    for name, other in draft.sheets.items():
        if name == START or other.hidden:
            continue
        row += 1
        other_page = say("exercise_pages.backward" if name.endswith("backward") else "words.weights")
        sheet.put(row, 0, Link(name, Range(name, 0, 0)), "link")
        sentence = said.get(name, other_page)
        sheet.merge(sheet.at(row, 1, 1, WIDE - 1), sentence[:1].upper() + sentence[1:], "text")
    return row + 1


def _legend(draft: Draft, sheet: SheetDraft, row: int) -> None:
    heading(sheet, row, say("front.colours"), WIDE)
    roles = {q.band.role.value for q in draft.graph} | {"blank"}
    known = texts("sheets")["legend"]
    for style, text in known.items():
        if style in roles:
            row += 1
            sheet.put(row, 0, None if style == "blank" else "0.123", style if style == "blank" else f"{style}_text")
            sheet.merge(sheet.at(row, 1, 1, WIDE - 1), text, "text_beside")
