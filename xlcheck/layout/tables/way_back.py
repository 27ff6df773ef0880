"""The sheets of loss, gradients and step: the way back through the network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.printing import Style
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Band, Quantity, Role, in_time
from xlcheck.layout.common import speaking, title
from xlcheck.layout.data.store import Store
from xlcheck.layout.draft import Draft
from xlcheck.layout.paper import starts
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.tables import table as tables
from xlcheck.layout.tables.batch import DOCUMENTS, NAME as BATCH, batch_sheet
from xlcheck.layout.tables.filling import fill, says_sample
from xlcheck.layout.tables.gradients import GRADIENTS, STEP, gradients_sheet, step_sheet
from xlcheck.layout.tables.layers import Bands, owner_of
from xlcheck.layout.tables.margin import EQUATION, Margin
from xlcheck.learning.optimisers import STEPS
from xlcheck.learning.optimisers.batch import Batch
from xlcheck.model.model_spec import ModelSpec
from xlcheck.texts import say
from xlcheck.workbook.naming import sheet_name
from xlcheck.workbook.plan import Link

LOSS = "Loss"
LOSS_LAYER = "loss"
_TOP = 4
_TITLE_COLUMNS = 8
_EQUATION_WIDTH, _MEANING_WIDTH = 60.0, 46.0

Members = Sequence[tuple[Band, tuple[Quantity, ...]]]


def forward_only(bands: Bands) -> Bands:
    """What the layers compute and read, without weights and without what belongs to the loss."""
    apart = (Role.GRADIENT, Role.TARGET, Role.LOSS)
    return {b: m for b, m in bands.items() if not m[0].is_weight and b.role not in apart}


def backward_names(draft: Draft, spec: ModelSpec, bands: Bands) -> dict[str, str]:
    """The worksheet of the gradients of each call, and of each input on its own, that has any."""
    names: dict[str, str] = {}
    for band in _gradients(bands):
        owner = owner_of(spec, band)
        if owner != LOSS_LAYER and owner not in names:
            names[owner] = sheet_name(f"{owner} backward", [*draft.sheets, *draft.reserved, *names.values()])
    return names


def _gradients(bands: Bands) -> Bands:
    """The gradients of what belongs to a sample."""
    return {b: m for b, m in bands.items() if b.role is Role.GRADIENT and not m[0].shared}


def way_back(
    draft: Draft, spec: ModelSpec, bands: Bands, stored: Store, batch: Batch, names: Mapping[str, str]
) -> None:
    """The sheets of loss, gradients and step. What reads something is filled after it, in whatever order they stand."""
    of_loss = {
        b: m for b, m in bands.items()
        if b.role in (Role.TARGET, Role.LOSS) or (b.layer == LOSS_LAYER and b.role is Role.GRADIENT)
    }  # fmt: skip
    loss = draft.sheet(LOSS, "loss")
    sheets = {owner: draft.sheet(name, "gradient") for owner, name in names.items()}
    weights = draft.sheet(GRADIENTS, "gradient")
    step = draft.sheet(STEP, "weight") if batch.step else None
    if len(draft.samples) > 1:
        everything = {
            **forward_only(bands),
            **{b: m for b, m in of_loss.items() if not _is_mean(m)},
            **_gradients(bands),
        }
        batch_sheet(draft, draft.sheet(BATCH, "intermediate"), bands_in_time(list(everything.items())), stored)
    several = len(draft.samples) > 1
    begin = Range(next(iter(names.values()), GRADIENTS), 0, 0)
    loss_sheet(draft, loss, list(of_loss.items()), stored, begin, Range(BATCH, 0, 0) if several else None)
    after = Range(LOSS, 0, 0)
    for owner, sheet in sheets.items():
        own = [(b, m) for b, m in _gradients(bands).items() if owner_of(spec, b) == owner]
        kinds = {call.name: spec.layer(call.layer).kind for call in spec.calls}
        forward = next(Range(draft.placed(q.name).sheet, 0, 0) for q in draft.graph if owner_of(spec, q.band) == owner)
        heading = say("way_back.backward", owner=owner, kind=kinds.get(owner, "input"))
        backward_sheet(draft, sheet, heading, own, stored, forward, after)
        after = Range(sheet.name, 0, 0)
    shared = [q for q in draft.graph if q.shared]
    source = Range(BATCH, 0, 0) if several else begin
    gradients_sheet(draft, weights, spec, [q for q in shared if q.band.role is Role.GRADIENT], source)
    if step is not None:
        others = [q for q in shared if q.band.role is not Role.GRADIENT]
        step_sheet(draft, step, spec, others, STEPS[batch.step].name)


def loss_pages(draft: Draft, bands: Bands, store: Store, *, side_by_side: bool) -> None:
    """The loss of the selected sample, and the forward pass of every one beside the other."""
    of_loss = {b: m for b, m in bands.items() if b.role in (Role.TARGET, Role.LOSS)}
    loss = draft.sheet(LOSS, "loss") if of_loss else None
    several = len(draft.samples) > 1 and bool(of_loss or side_by_side)
    if several:
        own = {b: m for b, m in of_loss.items() if not _is_mean(m)}
        every = bands_in_time([*forward_only(bands).items(), *own.items()])
        batch_sheet(draft, draft.sheet(DOCUMENTS, "intermediate"), every, store)
    if loss is not None:
        loss_sheet(draft, loss, list(of_loss.items()), store, None, Range(DOCUMENTS, 0, 0) if several else None)


def _is_mean(members: Sequence[Quantity]) -> bool:
    return isinstance(members[0].expr, ex.BatchMean)


def bands_in_time(bands: Members) -> list[tuple[Band, tuple[Quantity, ...]]]:
    """The bands with their quantities in order of time."""
    return [(band, tuple(in_time(members))) for band, members in bands]


def loss_sheet(
    draft: Draft, sheet: SheetDraft, bands: Members, store: Store, first: Range | None, every: Range | None
) -> None:
    """Fill the sheet of the loss: targets, losses, and their gradients if the way back is shown.

    The losses of all samples stand in the workbook already. Links lead to the first sheet of the way back, if it is
    shown, and to the loss of every sample, if there are several.
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
    """Fill the worksheet of one layer's gradients, with links to its forward pass and to where they come from."""
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
    sheet.left_out = int(table.blocks == 1)
    sheet.starts = starts(table) if table.blocks == 1 else []
