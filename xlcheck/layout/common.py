"""What every worksheet of a generated workbook has: a title, a way back, a heading."""

from __future__ import annotations

from collections.abc import Sequence

from xlcheck.formulas.addresses import Range
from xlcheck.graph.quantities import Quantity
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.sheet import SheetDraft
from xlcheck.workbook.plan import ColorScale, Formula, Link

START = "Start"
UNIT = 1
"""The column with the numbers, or the names, of units on a layer's worksheet."""
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def subscript(number: int) -> str:
    """12 → ₁₂."""
    return str(number).translate(_SUBSCRIPTS)


_GATE, _STATE = ((0.0, "#FFFFFF"), (1.0, "#F2D44B")), ((-1.0, "#8FC3EA"), (0.0, "#FFFFFF"), (1.0, "#F4B26A"))


def scale_of_role(role: str, area: Range) -> ColorScale | None:
    """Colours for gates and states: white is 0; blue is negative, orange positive."""
    stops = {"gate": _GATE, "state": _STATE}.get(role)
    return None if stops is None else ColorScale(area, stops)


def choose(draft: Draft, sheet: SheetDraft, row: int, column: int) -> None:
    """A link to the cell that selects the sample, if there is one."""
    if draft.selector is not None and draft.selector.sheet != sheet.name:
        sheet.put(row, column, Link("choose →", draft.selector), "link")


def title(sheet: SheetDraft, text: str, subtitle: str, columns: int) -> None:
    """Rows 1 to 3: the title, one sentence, and the link to the first worksheet."""
    sheet.put(0, 0, text, "title")
    sheet.heights[0] = 30
    sheet.merge(sheet.at(1, 0, 1, columns), subtitle, "subtitle")
    sheet.heights[1] = 34
    sheet.put(2, 0, Link("← Start", Range(START, 0, 0)), "link")


def heading(sheet: SheetDraft, row: int, text: str, columns: int) -> None:
    """A heading underlined across the given number of columns."""
    sheet.put(row, 0, text, "heading")
    for column in range(1, columns):
        sheet.put(row, column, None, "heading")
    sheet.heights[row] = 22


def likeliest(draft: Draft, q: Quantity) -> tuple[str, Sequence[float | str]]:
    """A formula for the unit with the largest number, by its name if it has one; and what it gives for each sample."""
    area = draft.placed(q.name)
    numbers = reference(area, "")
    names = reference(Range(area.sheet, area.top, UNIT, area.rows), "")
    own: Sequence[float | str] = draft.unit_names.get(q.band.name, [float(unit + 1) for unit in range(area.rows)])
    text = f"INDEX({names},MATCH(MAX({numbers}),{numbers},0))"
    return text, [own[int(values.argmax())] for values in draft.trace[q.name]]


def merged_helper(
    draft: Draft, sheet: SheetDraft, area: Range, text: str, desired: Sequence[float | str], style: str
) -> None:
    """Show a rectangle as one cell with a formula that is no quantity."""
    sheet.merge(area, Formula(text, desired[0]), style)
    draft.note_helper(Range(area.sheet, area.top, area.left), text, desired)
