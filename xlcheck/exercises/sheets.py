"""The workbook with blanks: the sheets of the network without the answers, with marks beside the blanks.

It is laid out by the functions that lay out every workbook, so that each number stands where it stands in the
solution. The numbers in it are those that a worksheet shows while the blanks are empty; no answer ever gets near it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from xlcheck.exercises.blanks import with_empty_blanks
from xlcheck.exercises.front import Front, front_sheet
from xlcheck.exercises.hints import NAME as HINTS, hints_sheet
from xlcheck.exercises.key import Blank, Hint
from xlcheck.exercises.marks import OPEN, STYLES, Element, Marker, by_sheet, cell_of, place_in
from xlcheck.exercises.plan import ExercisePlan
from xlcheck.exercises.residuals import Residual
from xlcheck.exercises.subject import Problem
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.pattern import formula_at
from xlcheck.formulas.printing import Style, formula
from xlcheck.graph.trace import Trace
from xlcheck.layout.common import START, title
from xlcheck.layout.draft import Draft, View
from xlcheck.layout.plan import finished, network_sheets, new_draft
from xlcheck.layout.sheet import SheetDraft
from xlcheck.texts import say, say_all
from xlcheck.workbook.plan import Formula, FormulaBlock, Highlight, Link, PlannedCell, WorkbookPlan

MARKS = "Marks"
SCRATCH = "Scratch"
STYLE = Style.TEACHING

_BESIDE = 12
"""Marks stand beside the blanks as long as those stand in so many columns of a worksheet, else on one of their own."""


@dataclass(frozen=True)
class BlankWorkbook:
    """A workbook with blanks, laid out.

    Attributes:
        filled: the same with the solution's formulas in the blanks.
        blanks: what is to be filled.
        hints: what can be opened.
        draft: where every quantity stands.
        formulas: the formulas of given cells that hold quantities.
        id_cell: where the student's id stands.
        right: the cell that counts the right blanks, if there is one.
    """

    plan: WorkbookPlan
    filled: WorkbookPlan
    blanks: tuple[Blank, ...]
    hints: tuple[Hint, ...]
    draft: Draft
    formulas: Mapping[Range, str]
    id_cell: Range
    right: Range | None


def blank_workbook(
    problem: Problem,
    plan: ExercisePlan,
    points: Mapping[Element, float],
    residuals: Mapping[str, Residual],
    words: Front,
) -> BlankWorkbook:
    """Lay out the workbook that students get: blanks with their points, in order of computation, and live marks."""
    values = Trace("xlcheck, with empty blanks", with_empty_blanks(problem.graph, problem.given, points))
    additions = problem.subject.additions
    draft = new_draft(problem.spec, values, (problem.sample,), STYLE, problem.batch, additions)
    draft.reserved |= {MARKS, SCRATCH, HINTS}
    start = draft.sheet(START, "keras")
    _, _, _, layers = network_sheets(draft, problem.spec, None, problem.batch, additions)
    cells = {element: cell_of(draft, problem.graph[element[0]], element[1]) for element in points}
    texts = {element: _formula(draft, element, cell) for element, cell in cells.items()}
    formulas = _empty(draft, cells)
    marks = _place_marks(draft, cells, plan)
    _write_marks(draft, marks, cells, residuals, plan)
    hints = hints_sheet(draft, cells, texts, plan.hints)
    scratch = draft.sheet(SCRATCH, "input")
    title(scratch, SCRATCH, say("exercise.scratch"), 8)
    blanks = tuple(
        Blank(
            cells[element], element[0], element[1], _name(draft, element), points[element], texts[element],
            marks.get(element),
        )
        for element in cells
    )  # fmt: skip
    id_cell, right = front_sheet(draft, start, words, blanks, _mark_areas(marks), plan, layers)
    plan_ = finished(draft, words.title, problem.subject.name)
    properties = {**plan_.properties, "comments": say("exercise.properties")}
    plan_ = replace(plan_, properties=properties)
    return BlankWorkbook(plan_, _filled(plan_, blanks), blanks, hints, draft, formulas, id_cell, right)


def _name(draft: Draft, element: Element) -> str:
    return draft.graph[element[0]].element_at(element[1])


def _formula(draft: Draft, element: Element, cell: Range) -> str:
    """The solution's formula of a blank."""
    q = draft.graph[element[0]]
    if q.expr is None:
        raise ValueError(f"{q.name} is given, not computed")
    return formula(q.expr, place_in(q, element[1]), View(draft, cell.sheet, None), STYLE)


def _empty(draft: Draft, cells: Mapping[Element, Range]) -> dict[Range, str]:
    """Take the formulas out of the blank cells, and what tells them; returns the formulas that are left."""
    blank = {(cell.sheet, cell.top, cell.left) for cell in cells.values()}
    computed = {binding.area.sheet for binding in draft.bindings}
    giving_away = {draft.graph[name].band.name for name, _ in cells}
    same = {
        (binding.area.sheet, *place)
        for binding in draft.bindings
        if draft.graph[binding.quantity].band.name in giving_away
        for place in binding.area.cells()
    }
    left: dict[Range, str] = {}
    for sheet in draft.sheets.values():
        if sheet.name not in computed:
            continue
        on_sheet = {place[1:] for place in blank if place[0] == sheet.name}
        if on_sheet:
            _remove_told(sheet)
        hidden = {place[1:] for place in same if place[0] == sheet.name} - on_sheet
        blocks = list(sheet.blocks)
        sheet.blocks.clear()
        for block in blocks:
            if not isinstance(block, FormulaBlock):
                sheet.blocks.append(block)
                continue
            area = block.area
            places = list(area.cells())
            for row, place in enumerate(places):
                if place not in on_sheet:
                    left[Range(sheet.name, *place)] = formula_at(block.formulas, row)
            if not any(place in on_sheet or place in hidden for place in places):
                sheet.blocks.append(block)
                continue
            for row, (at, column) in enumerate(area.cells()):
                if (at, column) in on_sheet:
                    sheet.put(at, column, None, "blank")
                    continue
                value = block.values if isinstance(block.values, str) else float(block.values[row])
                style = f"{block.style}_hidden" if (at, column) in hidden else block.style
                sheet.put(at, column, Formula(formula_at(block.formulas, row), value), style)
                sheet.protected = sheet.protected or (at, column) in hidden
    return left


def _remove_told(sheet: SheetDraft) -> None:
    """The texts of formulas, which stand beside them or below them."""
    told = {say("common.last_formula"), say("common.formula"), say("common.first_formula")}
    columns = {column for (_, column), cell in sheet.cells.items() if cell.style == "formula"}
    for place, cell in list(sheet.cells.items()):
        if cell.style == "formula" or cell.content in told:
            del sheet.cells[place]
    if not any(column in columns for _, column in sheet.cells):
        sheet.left_out = 0
        for column in columns:
            sheet.widths.pop(column, None)


def _place_marks(draft: Draft, cells: Mapping[Element, Range], plan: ExercisePlan) -> dict[Element, Range]:
    """The cell of each mark: in the row of its blank, to the right of everything, or on a sheet of its own."""
    if plan.feedback == "none":
        return {}
    marks: dict[Element, Range] = {}
    apart: list[Element] = []
    for name, own in by_sheet(cells).items():
        columns = sorted({cell.left for _, cell in own})
        if plan.feedback == "count" or len(columns) > _BESIDE:
            apart += [element for element, _ in own]
            continue
        sheet = draft.sheets[name]
        first = _free_column(sheet, {cell.top for _, cell in own} | _header_rows(sheet))
        taken = {column for block in sheet.blocks for _, column in block.area.cells()}
        sheet.widths.update(dict.fromkeys(set(range(first, first + len(columns))) - taken, 7.5))
        marks |= {element: Range(name, cell.top, first + columns.index(cell.left)) for element, cell in own}
        sheet.left_out += len(columns)
        _mark_headers(sheet, columns, first)
    if apart:
        draft.sheet(MARKS, "keras", hidden=plan.feedback == "count")
        marks |= {element: Range(MARKS, _MARKS_TOP + row, 2) for row, element in enumerate(apart)}
    return marks


_MARKS_TOP = 5


def _free_column(sheet: SheetDraft, rows: Set[int]) -> int:
    """The first column to the right of everything in some rows."""
    used = [column for row, column in sheet.cells if row in rows]
    for area in (item.area for item in (*sheet.blocks, *sheet.merges)):
        if not rows.isdisjoint(range(area.top, area.top + area.rows)):
            used.append(area.left + area.columns - 1)
    return max(used) + 1


def _header_rows(sheet: SheetDraft) -> set[int]:
    return {row for (row, _), cell in sheet.cells.items() if cell.style == "header"}


def _mark_headers(sheet: SheetDraft, columns: Sequence[int], first: int) -> None:
    """Above the marks of a table the time steps once more."""
    for row in sorted(_header_rows(sheet)):
        for place, column in enumerate(columns):
            above = sheet.cells.get((row, column))
            if above is not None and above.style == "header":
                text = say("exercise.right_asked" if len(columns) == 1 else "exercise.right_at", step=above.content)
                sheet.put(row, first + place, text, "header")
        sheet.heights[row] = 34


def _write_marks(
    draft: Draft,
    marks: Mapping[Element, Range],
    cells: Mapping[Element, Range],
    residuals: Mapping[str, Residual],
    plan: ExercisePlan,
) -> None:
    marker = Marker(draft, set(cells), plan.tolerance)
    for element, place in marks.items():
        q, sheet = draft.graph[element[0]], draft.sheets[place.sheet]
        residual = residuals[q.name]
        text = marker.mark(q, element[1], residual, place.sheet)
        sheet.put(place.top, place.left, Formula(text, OPEN), "verdict_hidden" if residual.forward else "verdict")
        sheet.protected = sheet.protected or residual.forward
        if place.sheet == MARKS:
            cell = cells[element]
            sheet.put(place.top, 0, Link(_name(draft, element), cell), "link")
            sheet.put(place.top, 1, str(cell), "column_label")
    for area in _mark_areas(marks):
        draft.sheets[area.sheet].highlights += [Highlight(area, mark, style) for mark, style in STYLES.items()]
    if MARKS in draft.sheets:
        sheet = draft.sheets[MARKS]
        title(sheet, MARKS, say("exercise.marks_intro"), 8)
        sheet.put_row(_MARKS_TOP - 1, 0, say_all("exercise.marks_header"), "header")
        sheet.widths.update({0: 34, 1: 26, 2: 12})
        sheet.freeze = (_MARKS_TOP, 0)


def _mark_areas(marks: Mapping[Element, Range]) -> list[Range]:
    """The rectangles on each worksheet that hold nothing but marks."""
    areas = []
    for sheet in dict.fromkeys(mark.sheet for mark in marks.values()):
        own = [mark for mark in marks.values() if mark.sheet == sheet]
        top, left = min(m.top for m in own), min(m.left for m in own)
        rows, columns = max(m.top for m in own) - top + 1, max(m.left for m in own) - left + 1
        areas.append(Range(sheet, top, left, rows, columns))
    return areas


def _filled(plan: WorkbookPlan, blanks: Sequence[Blank]) -> WorkbookPlan:
    """The workbook as somebody hands it in who knows everything."""
    solution = {(b.cell.sheet, b.cell.top, b.cell.left): b.formula for b in blanks}
    sheets = []
    for sheet in plan.sheets:
        cells = tuple(
            PlannedCell(c.row, c.column, Formula(solution[sheet.name, c.row, c.column], 0.0), c.style)
            if (sheet.name, c.row, c.column) in solution
            else c
            for c in sheet.cells
        )
        sheets.append(replace(sheet, cells=cells))
    return replace(plan, sheets=tuple(sheets))
