"""Loss: of the selected document, and of every document side by side with its whole forward pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from xlcheck.excel.draft import Draft, SheetDraft
from xlcheck.excel.plan import Formula
from xlcheck.excel.sheets.bands import FIRST, MEANING, BandTable, fill_bands, place_bands, set_widths
from xlcheck.excel.sheets.common import heading, title
from xlcheck.excel.sheets.data import DataPlaces
from xlcheck.graph.expressions import BatchMean
from xlcheck.graph.quantities import Band, Quantity, Role

NAME = "Loss"
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
    title(sheet, "Loss", "How wrong the answer is. Training changes the weights, a little in each epoch, so that the mean "
          "loss becomes smaller.", table.columns)  # fmt: skip
    sheet.put(2, MEANING, "for the document:", "label")
    draft.helper(sheet, 2, MEANING + 1, data.sample[0], data.sample[1], "word")
    set_widths(sheet, max(timesteps, len(draft.samples) - 1))
    heading(sheet, _TOP - 1, "The selected document" if several else "Every step", table.columns)
    end = place_bands(draft, sheet, _TOP, table)
    fill_bands(draft, sheet, _TOP, table)
    if several:
        _all_samples(draft, sheet, end + 1)
    sheet.freeze = (3, 0)


def _all_samples(draft: Draft, sheet: SheetDraft, top: int) -> None:
    """The forward pass of every document: one column a document, one row an element."""
    columns = range(len(draft.samples))
    heading(sheet, top, "Every document, side by side", FIRST + len(draft.samples))
    sheet.put_row(top + 1, 0, ["symbol", "step", "equation", "what it means"], "header_left")
    for k in columns:
        sheet.put(top + 1, _COLUMN + k, draft.samples[k], "header")
    quantities = [q for q in draft.graph if q.expr is not None and not isinstance(q.expr, BatchMean)]
    row = top + 2
    for q in quantities:  # places first: formulas read rows above and below
        for k in columns:
            draft.place(q.name, sheet.at(row, _COLUMN + k, q.shape[-1], 1), k)
        row += q.shape[-1]
    for q in quantities:
        _explain(sheet, draft.placed(q.name, 0).top, q)
        for k in columns:
            for unit, (r, c) in enumerate(draft.placed(q.name, k).cells()):
                sheet.put(r, c, draft.live(q, unit, NAME, k), q.band.role.value)
    for q in draft.graph:
        if isinstance(q.expr, BatchMean):
            draft.place(q.name, sheet.at(row, _COLUMN), 0)
            _explain(sheet, row, q)
            content = draft.live(q, 0, NAME, 0)
            sheet.put(row, _COLUMN, content, "loss")
            _formula_text(sheet, row, content, len(draft.samples))
            row += 1


def _explain(sheet: SheetDraft, row: int, q: Quantity) -> None:
    sheet.put(row, 0, q.band.label, "symbol")
    if q.step is not None:
        sheet.put(row, 1, f"t = {q.step + 1}", "unit")
    sheet.put(row, 2, q.band.equation, "equation")
    sheet.put(row, 3, q.band.meaning, "meaning")
    sheet.heights[row] = 31 if len(q.band.meaning) > 50 else 20


def _formula_text(sheet: SheetDraft, row: int, content: Formula, samples: int) -> None:
    sheet.put(row, _COLUMN + samples, f"={content.text}", "formula")
