"""Loss: of the selected document, and of every document side by side with its whole forward pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from xlcheck.graph.expressions import BatchMean
from xlcheck.graph.quantities import Band, Quantity, Role
from xlcheck.layout.draft import Draft, SheetDraft, reference
from xlcheck.layout.lesson_sheets.bands import FIRST, MEANING, BandTable, fill_bands, place_bands, set_widths
from xlcheck.layout.lesson_sheets.common import heading, title
from xlcheck.layout.lesson_sheets.data import DataPlaces

NAME = "Loss"
DOCUMENTS = "Documents"
_TOP = 5
_COLUMN = 4


def loss_sheet(draft: Draft, data: DataPlaces, unit_names: Callable[[Band], Sequence[str] | None]) -> None:
    """Fill the sheet. With several samples the mean stands below the table of all of them."""
    several = len(draft.samples) > 1
    bands = [
        (band, members)
        for band, members in draft.graph.bands().items()
        if band.role in (Role.TARGET, Role.LOSS) and not (several and isinstance(members[0].expr, BatchMean))
    ]
    timesteps = max((q.step + 1 for _, members in bands for q in members if q.step is not None), default=0)
    sheet = draft.sheet(NAME, "loss")
    table = BandTable(bands, timesteps, data.given, data.words if timesteps else (), unit_names)
    title(sheet, "Loss", "How wrong the answer is. Training changes the weights, a little in each epoch, so "
          "that the mean loss becomes smaller.", table.columns)  # fmt: skip
    sheet.put(2, MEANING, "for the document:", "label")
    draft.helper(sheet, 2, MEANING + 1, data.sample[0], data.sample[1], "strong")
    set_widths(sheet, max(timesteps, len(draft.samples) - 1))
    heading(sheet, _TOP - 1, "The selected document" if several else "Every step", table.columns)
    end = place_bands(draft, sheet, _TOP, table)
    fill_bands(draft, sheet, _TOP, table)
    if several:
        _all_samples(draft, sheet, end + 1)
    sheet.freeze = (3, 0)


def documents_sheet(draft: Draft) -> None:
    """Fill a sheet with every document side by side, for a network without a loss."""
    sheet = draft.sheet(DOCUMENTS, "output")
    title(
        sheet,
        DOCUMENTS,
        "The whole forward pass of every document, one column each: answers first, then all the steps on the way.",
        FIRST + len(draft.samples),
    )
    set_widths(sheet, len(draft.samples))
    sheet.widths.update({_COLUMN + k: 13 for k in range(len(draft.samples))})
    _all_samples(draft, sheet, 4)
    sheet.freeze = (3, 0)


def _all_samples(draft: Draft, sheet: SheetDraft, top: int) -> None:
    """The forward pass of every document: one column a document, one row an element; answers and losses first."""
    quantities = [q for q in draft.graph if q.expr is not None and not isinstance(q.expr, BatchMean)]
    answers = [q for q in quantities if q.band.role is Role.LOSS or q.name in draft.graph.outputs]
    steps = [q for q in quantities if q not in answers]
    means = [q for q in draft.graph if isinstance(q.expr, BatchMean)]
    answers_row = top + 2 + sum(q.shape[-1] for q in draft.graph if q.band.role is Role.TARGET)
    means_row = _place(draft, sheet, answers_row, answers)
    steps_row = means_row + len(means) + 3
    _place(draft, sheet, steps_row, steps)

    _header(draft, sheet, top, "Every document: answer and loss" if means else "Every document: the answers")
    _targets(draft, sheet, top + 2)
    _fill(draft, sheet, answers)
    for offset, q in enumerate(means):
        row = means_row + offset
        draft.place(q.name, sheet.at(row, _COLUMN), 0)
        content = draft.live(q, 0, sheet.name, 0)
        _explain(sheet, row, q)
        sheet.put(row, _COLUMN, content, "loss")
        sheet.put(row, _COLUMN + len(draft.samples), f"={content.text}", "formula")
    _header(draft, sheet, steps_row - 2, "Every document: all steps on the way")
    _fill(draft, sheet, steps)


def _header(draft: Draft, sheet: SheetDraft, row: int, text: str) -> None:
    heading(sheet, row, text, FIRST + len(draft.samples))
    sheet.put_row(row + 1, 0, ["symbol", "step", "equation", "what it means"], "header_left")
    for k, sample in enumerate(draft.samples):
        sheet.put(row + 1, _COLUMN + k, sample, "header")
    sheet.heights[row + 1] = 20


def _place(draft: Draft, sheet: SheetDraft, row: int, quantities: Sequence[Quantity]) -> int:
    """Reserve rows; formulas read rows above and below. Returns the first row after them."""
    for q in quantities:
        for k in range(len(draft.samples)):
            draft.place(q.name, sheet.at(row, _COLUMN + k, q.shape[-1], 1), k)
        row += q.shape[-1]
    return row


def _fill(draft: Draft, sheet: SheetDraft, quantities: Sequence[Quantity]) -> None:
    for q in quantities:
        _explain(sheet, draft.placed(q.name, 0).top, q)
        for k in range(len(draft.samples)):
            for unit, (row, column) in enumerate(draft.placed(q.name, k).cells()):
                sheet.put(row, column, draft.live(q, unit, sheet.name, k), q.band.role.value)


def _targets(draft: Draft, sheet: SheetDraft, row: int) -> None:
    for q in draft.graph:
        if q.band.role is Role.TARGET:
            _explain(sheet, row, q)
            for k in range(len(draft.samples)):
                text = reference(draft.placed(q.name, k), sheet.name)
                draft.helper(sheet, row, _COLUMN + k, text, [draft.value(q.name, 0, k)], "target_code")


def _explain(sheet: SheetDraft, row: int, q: Quantity) -> None:
    sheet.put(row, 0, q.band.label, "symbol")
    if q.step is not None:
        sheet.put(row, 1, f"t = {q.step + 1}", "first_unit")
    sheet.put(row, 2, q.band.equation, "equation")
    sheet.put(row, 3, q.band.meaning, "meaning")
    sheet.heights[row] = 31 if len(q.band.meaning) > 50 else 20
