"""One worksheet a layer: every number it computes for the selected sample."""

from __future__ import annotations

from collections.abc import Sequence

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.printing import Style
from xlcheck.graph.quantities import Band, Quantity
from xlcheck.layout import table as tables
from xlcheck.layout.charts import charts
from xlcheck.layout.common import speaking, speaks, title
from xlcheck.layout.data.store import Store
from xlcheck.layout.draft import Draft
from xlcheck.layout.filling import fill, says_sample
from xlcheck.layout.margin import EQUATION, MEANING, SYMBOL
from xlcheck.layout.paper import results, starts
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.table import FIRST
from xlcheck.workbook.plan import Link

_TOP = 4
_TITLE_COLUMNS = 8
_TALL, _IN_SIGHT = 40, 10  # rows from which on the bands are out of sight, and those that never are
_WIDE = 20  # steps from which on the last one is


def layer_sheet(
    draft: Draft,
    sheet: SheetDraft,
    heading: str,
    subtitle: str,
    bands: Sequence[tuple[Band, tuple[Quantity, ...]]],
    weight: str | None,
    store: Store,
    back: Range | None = None,
    reads: Sequence[Quantity] = (),
) -> None:
    """Fill the worksheet of one layer.

    Args:
        draft: the workbook so far.
        sheet: the empty worksheet.
        heading: its title.
        subtitle: one sentence about the layer.
        bands: what it shows, inputs first.
        weight: the name of the layer's first weight, or None.
        store: where the inputs come from.
        back: where the gradients of what it computes stand, if anywhere.
        reads: what the network reads at each time step on the way to this layer.
    """
    spoken = speaking(draft, bands) or (reads if speaks(draft, reads) else ())
    table = tables.lay_out(_TOP, bands, compact=draft.style is Style.COMPACT, words=store.words, speaking=spoken)
    title(sheet, heading, subtitle, min(_TITLE_COLUMNS, FIRST + table.width))
    if weight is not None:
        sheet.put(2, EQUATION, Link("weights of this layer →", draft.placed(weight)), "link")
    if back is not None:
        sheet.put(3, EQUATION, Link("backward pass of this layer ↓", back), "link")
    says_sample(draft, sheet, table, store, "reading")
    tables.place(draft, sheet, table)
    if table.timesteps > _WIDE:
        last = Range(sheet.name, table.end - table.height, FIRST + (table.timesteps - 1) % tables.WRAP)
        sheet.put(3, EQUATION if back is None else SYMBOL, Link("last step →", last), "link")
    if table.height > _TALL:
        _ways(sheet, table)
    fill(draft, sheet, table, store)
    charts(draft, sheet, table)
    sheet.freeze = (_TOP + table.headers, 2) if table.blocks == 1 else (3, 2)
    if table.blocks == 1:
        sheet.one_page = True
        sheet.starts, sheet.results = starts(table), results(table)
        sheet.shows_formulas = True


def _ways(sheet: SheetDraft, table: tables.Table) -> None:
    """Links to the groups of bands, or to the bands, of a table that is too tall to be seen at once."""
    ways: dict[str, Range] = {}
    for line in table.lines:
        if line.band is not None:
            ways.setdefault(line.band.group or line.band.label, table.at(sheet, line, line.members[0]))
    links = [Link(f"{label} ↓", Range(sheet.name, area.top, 0)) for label, area in ways.items()
             if area.top > table.top + _IN_SIGHT]  # fmt: skip
    left = MEANING if (3, EQUATION) in sheet.cells else EQUATION
    if 2 * len(links) <= table.width:
        sheet.put(3, MEANING, "go to:", "label")
        for k, link in enumerate(links):
            sheet.merge(sheet.at(3, FIRST + 2 * k, 1, 2), link, "link")
    else:  # as many as have room up to the column of formulas
        sheet.put_row(3, left, links[: FIRST + table.width + 1 - left], "link")
