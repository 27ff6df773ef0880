"""The way back: the loss of the selected sample, and for each layer how the loss changes with what it computes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.printing import Style
from xlcheck.graph.quantities import Band, Quantity, Role, in_time
from xlcheck.layout import table as tables
from xlcheck.layout.common import speaking, title
from xlcheck.layout.data.store import Store
from xlcheck.layout.draft import Draft
from xlcheck.layout.filling import fill, says_sample
from xlcheck.layout.margin import EQUATION, Margin
from xlcheck.layout.paper import starts
from xlcheck.layout.sheet import SheetDraft
from xlcheck.texts import say
from xlcheck.workbook.plan import Link

LOSS = "Loss"
_TOP = 4
_TITLE_COLUMNS = 8
_EQUATION_WIDTH, _MEANING_WIDTH = 60.0, 46.0

Members = Sequence[tuple[Band, tuple[Quantity, ...]]]


def bands_in_time(bands: Members) -> list[tuple[Band, tuple[Quantity, ...]]]:
    """The bands with their quantities in order of time."""
    return [(band, tuple(in_time(members))) for band, members in bands]


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
    learning = say("backward.learning")
    if first is None:
        text = say("backward.loss", learning=learning)
    else:
        text = say("backward.loss_and_way", learning=learning)
        sheet.put(2, EQUATION, Link(say("backward.begin_link"), first), "link")
    title(sheet, LOSS, text, _TITLE_COLUMNS)
    if every is not None:
        place = (2 if first is None else 3, EQUATION)
        sheet.put(*place, Link(say("backward.losses_link", kind=store.kind), every), "link")
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
    text = say("backward.intro")
    title(sheet, heading, text, _TITLE_COLUMNS)
    sheet.heights[1] = 50
    sheet.put(2, EQUATION, Link(say("backward.forward_link"), forward), "link")
    sheet.put(3, EQUATION, Link(say("backward.source_link"), after), "link")
    _fill(draft, sheet, bands, store)


def _fill(draft: Draft, sheet: SheetDraft, bands: Members, store: Store) -> None:
    table = tables.lay_out(
        _TOP,
        bands_in_time(bands),
        compact=draft.style is Style.COMPACT,
        words=store.words,
        speaking=speaking(draft, bands),
    )
    says_sample(draft, sheet, table, store, say("filling.back", kind=store.kind))
    tables.place(draft, sheet, table)
    margin = Margin.of(draft, dict(bands), narrow=table.is_long)
    if not table.is_long and any(band.role is Role.GRADIENT for band, _ in bands):
        margin = replace(margin, equation=_EQUATION_WIDTH, meaning=_MEANING_WIDTH, wraps=True)
    fill(draft, sheet, table, store, margin)
    sheet.freeze = (_TOP + table.headers, 2) if table.blocks == 1 else (3, 2)
    sheet.shows_formulas = table.blocks == 1
    sheet.starts = starts(table) if table.blocks == 1 else []
