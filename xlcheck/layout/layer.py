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
from xlcheck.layout.table import FIRST, Table
from xlcheck.texts import meant, say
from xlcheck.workbook.plan import Link

_TOP = 4
_TITLE_COLUMNS = 8
_TALL, _IN_SIGHT = 40, 10  # rows from which on the bands are out of sight, and those that never are
_THIN, _LETTERS = frozenset(" .ijlft↓"), (8.0, 4.0)  # letters of a link, and pixels of one that is not thin, or is
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
        sheet.put(2, EQUATION, Link(say("layer.weights_link"), draft.placed(weight)), "link")
    if back is not None:
        sheet.put(3, EQUATION, Link(say("layer.backward_link"), back), "link")
    says_sample(draft, sheet, table, store, say("filling.reading", kind=store.kind))
    tables.place(draft, sheet, table)
    if table.timesteps > _WIDE:
        last = Range(sheet.name, table.end - table.height, FIRST + (table.timesteps - 1) % tables.WRAP)
        sheet.put(3, EQUATION if back is None else SYMBOL, Link(say("layer.last_step_link"), last), "link")
    fill(draft, sheet, table, store)
    if table.height > _TALL:
        _ways(sheet, table)
    charts(draft, sheet, table)
    sheet.freeze = (_TOP + table.headers, 2) if table.blocks == 1 else (3, 2)
    if table.blocks == 1:
        sheet.one_page = True
        sheet.starts, sheet.results = starts(table), results(table)
        sheet.shows_formulas = True


def _ways(sheet: SheetDraft, table: Table) -> None:
    """Links to the parts of a table that is too tall to be seen at once: to its layers, groups of bands, or bands."""
    bands = [(line.band, line) for line in table.lines if line.band is not None]
    several = len({band.layer for band, line in bands if line.members[0].expr is not None}) > 1
    ways: dict[str, Range] = {}
    for band, line in bands:
        label = band.layer.rpartition(".")[2] if several else meant(band.group) or band.label
        ways.setdefault(label, table.at(sheet, line, line.members[0]))
    links = [Link(f"{label} ↓", Range(sheet.name, area.top, 0)) for label, area in ways.items()
             if area.top > table.top + _IN_SIGHT]  # fmt: skip
    row = _beside_each_other(sheet, FIRST, links)
    if len(row) == len(links) > 0 and max(row) < FIRST + table.width:
        sheet.put(3, MEANING, say("layer.go_to"), "label")
    else:
        row = _beside_each_other(sheet, MEANING if (3, EQUATION) in sheet.cells else EQUATION, links)
    for column, link in row.items():
        if column <= FIRST + table.width:
            sheet.put(3, column, link, "link")


def _beside_each_other(sheet: SheetDraft, column: int, links: Sequence[Link]) -> dict[int, Link]:
    """A column for each link, so that each has room up to the next one."""
    found = {}
    for link in links:
        found[column] = link
        room = 0
        while room < sum(_LETTERS[letter in _THIN] for letter in link.text):
            room += sheet.pixels(column)
            column += 1
    return found
