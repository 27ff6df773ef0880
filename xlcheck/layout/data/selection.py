"""The cell that selects a sample: on the page Picture if there is one, else on the page of the data."""

from __future__ import annotations

from xlcheck.formulas.addresses import Range
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.sheet import SheetDraft
from xlcheck.texts import say
from xlcheck.workbook.plan import DropDown, Link

_BESIDE = 22  # letters of a sample's name that have room between the selector and the link


def selection(draft: Draft, sheet: SheetDraft, cell: Range, kind: str, numbers: Range, names: Range) -> None:
    """Fill the row that says which sample is selected, and give the selector its drop-down."""
    row, column = cell.top, cell.left
    sheet.put(row, 0, kind, "name")
    sheet.heights[row] = 26
    if draft.selector is None:
        draft.selector = sheet.put(row, column, 1.0, "selector")
        sheet.put(row, column + 3, say("selection.here"), "hint")
    else:
        count = [k + 1.0 for k in range(len(draft.samples))]
        draft.helper(sheet, row, column, reference(draft.selector, sheet.name), count, "selected")
        short = max(map(len, draft.samples)) <= _BESIDE
        place = (row, column + 3) if short else (row + 1, column)
        sheet.put(*place, Link(say("selection.another_link", kind=kind), draft.selector), "link")
    text = f"INDEX({reference(names, sheet.name, fixed=True)},{cell.a1})"
    draft.helper(sheet, row, column + 1, text, draft.samples, "strong")
    own = draft.sheets[draft.selector.sheet]
    message = say("selection.follows", kind=kind)
    own.drop_downs.append(DropDown(draft.selector, numbers, say("selection.choose", kind=kind), message))
