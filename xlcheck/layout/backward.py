"""The way back: the loss of the selected sample, and for each layer how the loss changes with what it computes."""

from __future__ import annotations

from collections.abc import Sequence

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.printing import Style
from xlcheck.graph.quantities import Band, Quantity
from xlcheck.layout import table as tables
from xlcheck.layout.common import choose, speaking, title
from xlcheck.layout.data.store import Store
from xlcheck.layout.draft import Draft
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.table import EQUATION, FIRST, MEANING, START
from xlcheck.workbook.plan import Link

LOSS = "Loss"
_TOP = 4
_TITLE_COLUMNS = 8
_EQUATION_WIDTH, _MEANING_WIDTH = 60, 46

Members = Sequence[tuple[Band, tuple[Quantity, ...]]]


def in_time(bands: Members) -> list[tuple[Band, tuple[Quantity, ...]]]:
    """The bands with their quantities in order of time, however they are computed."""
    return [(band, tuple(sorted(members, key=lambda q: q.step or 0))) for band, members in bands]


def loss_sheet(
    draft: Draft, sheet: SheetDraft, bands: Members, store: Store, first: Range | None, every: Range | None
) -> None:
    """Fill the sheet of the loss.

    Args:
        draft: the workbook so far; the losses of all samples stand in it already.
        sheet: the empty worksheet.
        bands: targets, losses, and their gradients if the way back is shown.
        store: where the targets come from.
        first: the first sheet of the way back, if it is shown.
        every: where the loss of every sample stands, if there are several.
    """
    learning = "Training changes the weights, a little at each step, so that the mean loss becomes smaller."
    if first is None:
        text = f"How wrong the answer is. {learning}"
    else:
        text = (
            f"How wrong the answer is, and how the mean over the batch changes with it. {learning} From here the way "
            "leads back, layer by layer."
        )
        sheet.put(2, EQUATION, Link("where the way back begins →", first), "link")
    title(sheet, LOSS, text, _TITLE_COLUMNS)
    if every is not None:
        place = (2 if first is None else 3, EQUATION)
        sheet.put(*place, Link(f"the loss of every {store.kind} →", every), "link")
    _fill(draft, sheet, bands, store)


def backward_sheet(
    draft: Draft, sheet: SheetDraft, heading: str, bands: Members, store: Store, forward: Range, after: Range
) -> None:
    """Fill the worksheet of one layer's gradients.

    Args:
        draft: the workbook so far.
        sheet: the empty worksheet.
        heading: its title.
        bands: its gradients.
        store: where the inputs come from.
        forward: where the layer's forward pass stands.
        after: where that stands from which the gradients come.
    """
    text = (
        "How the mean loss changes when a number of this layer changes a little. Time runs to the right as in the "
        "forward pass; the calculation runs from right to left, because each step only acts on later ones. Each "
        "gradient is a sum over everything that reads the number: the gradient there, times how strongly it reads."
    )
    title(sheet, heading, text, _TITLE_COLUMNS)
    sheet.heights[1] = 50
    sheet.put(2, EQUATION, Link("forward pass of this layer ↑", forward), "link")
    sheet.put(3, EQUATION, Link("where the gradients come from →", after), "link")
    _fill(draft, sheet, bands, store)


def _fill(draft: Draft, sheet: SheetDraft, bands: Members, store: Store) -> None:
    table = tables.lay_out(
        _TOP, in_time(bands), compact=draft.style is Style.COMPACT, words=store.words, speaking=speaking(draft, bands)
    )
    sheet.put(2, MEANING, f"for the {store.kind}:", "label")
    choose(draft, sheet, 2, START)
    draft.helper(sheet, 2, FIRST, store.label, draft.samples, "strong")
    tables.place(draft, sheet, table)
    tables.fill(draft, sheet, table, store)
    sheet.widths.update({EQUATION: _EQUATION_WIDTH, MEANING: _MEANING_WIDTH})
    for line in table.lines:
        if line.band is not None:
            _heighten(sheet, table.at(sheet, line, line.members[0]), line.band)
    sheet.freeze = (_TOP + table.headers, 2) if table.blocks == 1 else (3, 2)


def _heighten(sheet: SheetDraft, area: Range, band: Band) -> None:
    """Give the first row of a band the height that its equation and its sentence need."""
    lines = max(-(-len(band.equation) // _EQUATION_WIDTH), -(-len(band.meaning) // _MEANING_WIDTH))
    sheet.heights[area.top] = max(20 if area.rows == 1 else 16, 5 + 15.5 * lines)
