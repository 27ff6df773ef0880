"""The worksheets of the layers, one for each call: every number it computes for the selected sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.printing import Style
from xlcheck.graph.quantities import Band, Quantity, Role, in_time
from xlcheck.grouping import grouped
from xlcheck.layout.common import START, speaking, speaks, title
from xlcheck.layout.data.store import Store
from xlcheck.layout.draft import Draft
from xlcheck.layout.drawings.picture import LayerSummary
from xlcheck.layout.paper import results, starts
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.tables import table as tables
from xlcheck.layout.tables.charts import charts
from xlcheck.layout.tables.filling import fill, says_sample
from xlcheck.layout.tables.margin import EQUATION, MEANING, SYMBOL
from xlcheck.layout.tables.table import FIRST, Table
from xlcheck.layout.weights import parameters
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import Call, ModelSpec
from xlcheck.texts import meant, say
from xlcheck.workbook.plan import Link

Bands = dict[Band, tuple[Quantity, ...]]

_TOP = 4
_TITLE_COLUMNS = 8
_TALL, _IN_SIGHT = 40, 10  # rows from which on the bands are out of sight, and those that never are
_THIN, _LETTERS = frozenset(" .ijlft↓"), (8.0, 4.0)  # letters of a link, and pixels of one that is not thin, or is
_WIDE = 20  # steps from which on the last one is


def layer_sheets(
    draft: Draft,
    spec: ModelSpec,
    bands: Bands,
    stored: Store,
    sentences: Mapping[str, str],
    unwritten: Mapping[str, int],
    backward: Mapping[str, str],
) -> list[LayerSummary]:
    """One sheet for each call; an input that several calls read has a sheet of its own."""
    shown = grouped((owner_of(spec, band), (band, members)) for band, members in bands.items())
    for item in spec.inputs:
        if item.tensor in shown and item.tensor not in {call.name for call in spec.calls}:
            sheet = draft.sheet(draft.free_name(item.tensor), "input")
            heading = item.tensor if item.tensor == "input" else say("layers.input", tensor=item.tensor)
            layer_sheet(draft, sheet, heading, say("layers.input_intro"), shown[item.tensor], None, stored)
    tensors = {tensor: call for call in spec.calls for tensor in call.outputs}
    shapes = forward_graph(spec).tensors
    summaries = []
    for call in spec.calls:
        own = shown.get(call.name, [])
        summary = _summary(draft, spec, call, own, shapes[call.outputs[0]])
        if own:
            sheet = draft.sheet(summary.sheet, "state" if any(b.role is Role.STATE for b, _ in own) else "output")
            sentence = sentences.get(call.name) or _sentence(call, summary, tensors, unwritten.get(f"{call.name}.y"))
            layer_sheet(
                draft, sheet, f"{call.name} · {summary.kind}", sentence, own,
                _first_weight(draft, call.layer), stored,
                Range(backward[call.name], 0, 0) if call.name in backward else None, _read(spec, call, bands),
            )  # fmt: skip
        summaries.append(summary)
    return summaries


def owner_of(spec: ModelSpec, band: Band) -> str:
    """The call, or the input, on whose sheet a band stands."""
    calls = {call.name for call in spec.calls}
    inputs = {item.tensor for item in spec.inputs}
    if band.layer in inputs:
        readers = [call.name for call in spec.calls if band.layer in call.inputs]
        return readers[0] if len(readers) == 1 else band.layer
    name = band.layer
    while name not in calls and "." in name:
        name = name.rpartition(".")[0]
    return name


def _read(spec: ModelSpec, call: Call, bands: Bands) -> Sequence[Quantity]:
    """What the model reads at each time step on the first way that leads to a layer."""
    makers = {tensor: maker for maker in spec.calls for tensor in maker.outputs}
    tensor = call.inputs[0]
    while tensor in makers:
        tensor = makers[tensor].inputs[0]
    given = next((members for band, members in bands.items() if band.layer == tensor), ())
    return in_time(q for q in given if q.step is not None)


def _summary(
    draft: Draft, spec: ModelSpec, call: Call, own: Sequence[tuple[Band, tuple[Quantity, ...]]], shape: tuple[int, ...]
) -> LayerSummary:
    layer = spec.layer(call.layer)
    count = sum(q.shape[-1] for _, members in own for q in members if q.expr is not None)
    sheet = draft.free_name(call.name) if own else START
    return LayerSummary(call, layer.kind, " × ".join(f"{n:,}" for n in shape), parameters(layer), count, sheet)


def _sentence(call: Call, summary: LayerSummary, tensors: Mapping[str, Call], unwritten: int | None) -> str:
    *first, last = dict.fromkeys(tensors[t].name if t in tensors else t for t in call.inputs)
    reads = say("common.and", others=", ".join(first), last=last) if first else last
    if unwritten is not None:
        return say("layers.unwritten", reads=reads, unwritten=unwritten)
    numbers = say("common.one_number") if summary.numbers == 1 else say("layers.numbers", numbers=summary.numbers)
    return say("layers.reads", reads=reads, numbers=numbers, weights=weights_of(summary.parameters))


def weights_of(count: int) -> str:
    """So many weights, in words if there is none or one."""
    few = {0: say("layers.no_weights"), 1: say("layers.one_weight")}
    return few.get(count) or say("layers.weights", parameters=count)


def _first_weight(draft: Draft, layer: str) -> str | None:
    names = (q.name for q in draft.graph if q.is_weight and (q.band.layer + ".").startswith(layer + "."))
    return next(names, None)


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
    """Fill the worksheet of one layer, inputs first, with links to its first weight and to where its gradients stand.

    `reads` is what the network reads at each time step on the way to this layer.
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
        sheet.left_out = 1


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
