"""ModelSpec + traces → WorkbookPlan: the workbook of any model that xlcheck supports."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.printing import Style
from xlcheck.graph import expressions as ex
from xlcheck.graph.one_hot import LONG
from xlcheck.graph.quantities import Band, Quantity, Role
from xlcheck.graph.trace import Trace
from xlcheck.layers.forward import forward_graph, tensor_shapes
from xlcheck.layout.draft import Draft, SheetDraft
from xlcheck.layout.lesson_sheets import check as check_names
from xlcheck.layout.lesson_sheets import weights as weights_names
from xlcheck.layout.lesson_sheets.common import START
from xlcheck.layout.lesson_sheets.start import Story
from xlcheck.layout.model_sheets import check, numbers, store
from xlcheck.layout.model_sheets import words as text_names
from xlcheck.layout.model_sheets.backward import LOSS, backward_sheet, in_time, loss_sheet
from xlcheck.layout.model_sheets.batch import NAME as BATCH
from xlcheck.layout.model_sheets.batch import batch_sheet
from xlcheck.layout.model_sheets.gradients import GRADIENTS, STEP, gradients_sheet, step_sheet
from xlcheck.layout.model_sheets.layer import layer_sheet
from xlcheck.layout.model_sheets.start import LayerSummary, model_summary, start_sheet
from xlcheck.layout.model_sheets.weights import parameters, weights_sheets
from xlcheck.layout.model_sheets.words import TypedText, text_page
from xlcheck.layout.originals import Source, questions
from xlcheck.learning.optimisers import STEPS
from xlcheck.learning.optimisers.batch import Batch, batch_graph
from xlcheck.model.model_spec import Call, ModelSpec
from xlcheck.workbook.manifest import SHEET, Manifest
from xlcheck.workbook.naming import sheet_name
from xlcheck.workbook.plan import WorkbookPlan

Bands = dict[Band, tuple[Quantity, ...]]

ATOL = 1e-14
RTOL = 1e-12
_STORED_NUMBERS = 200_000
LOSS_LAYER = "loss"


def plan_model(
    spec: ModelSpec,
    trace: Trace,
    trained: Trace,
    samples: Sequence[str],
    style: Style = Style.ROBUST,
    provenance: Mapping[str, str] | None = None,
    *,
    full_products: bool = False,
    typed: TypedText | None = None,
    story: Story | None = None,
    sentences: Mapping[str, str] | None = None,
    batch: Batch | None = None,
) -> WorkbookPlan:
    """Lay out a model's workbook.

    Args:
        spec: the model.
        trace: Keras's float64 values of every quantity for every sample, weights and inputs included.
        trained: the same from the float32 model.
        samples: a short text for each sample.
        style: how formulas are written.
        provenance: what the first sheet says about where the workbook comes from.
        story: the words on the first sheet; by default the model's name and a summary.
        sentences: what the sheets of some calls show, by the call's name, instead of the usual sentence.
        typed: the text behind the only sample; its words can then be changed in the workbook.
        full_products: show one-hot inputs as vectors and multiply them out, instead of taking rows of the kernels.
        batch: show the backward pass of this batch, too, of which `trace` has all values.

    Raises:
        NotSupportedError: an operation has no formula in this style.
    """
    graph = forward_graph(spec) if batch is None else batch_graph(spec, batch)
    draft = Draft(graph, trace, samples, style)
    draft.reserved |= {check_names.NAME, numbers.NAME, LOSS, GRADIENTS, STEP, BATCH, SHEET}
    every = draft.graph.bands()
    bands = every if full_products else _without_one_hot_vectors(draft, every)
    unwritten = {band.name: members[0].shape[-1] for band, members in every.items() if band not in bands}
    start = draft.sheet(START, "keras")
    page = None if typed is None else text_page(draft, typed)
    stored = page.inputs if page is not None else store.store_sheet(draft, _given(draft, bands), trained)
    weights_sheets(draft, spec)
    backward = _backward_names(draft, spec, bands)
    draft.reserved |= {*backward.values()}
    layers = _layer_sheets(draft, spec, _forward(bands), stored, sentences or {}, unwritten, backward)
    if batch is not None:
        _way_back(draft, spec, bands, stored, batch, backward)
    answer = None if page is None else page.answer(draft)
    checking, comparing = draft.sheet(check_names.NAME, "keras"), draft.sheet(numbers.NAME, "keras")
    compared, what = _compared(draft, bands)
    applies = check.applies_cell(checking)
    rows = numbers.numbers_sheet(draft, comparing, compared, applies, what)
    hidden = SheetDraft(SHEET, hidden=True)
    unchanged = questions(_sources(draft, stored), hidden, checking.name)
    agree = check.check_sheet(draft, checking, rows, unchanged)
    verdict = check.verdict(rows, START, agree, applies)
    pages = _pages(draft, layers)
    words = story or Story(spec.name, model_summary(spec, layers), tuple(_reading(batch)))
    start_sheet(draft, start, spec, layers, stored, verdict, check_names.NAME, words, pages, provenance or {}, answer)
    _add_manifest(draft, hidden, spec, trained, provenance or {}, batch)
    properties = {
        "title": words.title, "subject": "a Keras model", "author": "xlcheck",
        "comments": "Every number is a live formula, compared with Keras cell by cell.",
    }  # fmt: skip
    return WorkbookPlan(tuple(sheet.finish() for sheet in draft.sheets.values()), draft.names, properties)


def _given(draft: Draft, bands: Bands) -> dict[str, tuple[Quantity, ...]]:
    """What differs from sample to sample: inputs, and initial states unless they are the same for all."""
    return {
        band.name: members
        for band, members in bands.items()
        if not members[0].is_weight
        and members[0].expr is None
        and (band.role in (Role.INPUT, Role.TARGET) or any(np.ptp(draft.trace[q.name], axis=0).any() for q in members))
    }


def _without_one_hot_vectors(draft: Draft, bands: Bands) -> Bands:
    """Leave out long one-hot vectors that are only multiplied by matrices: the place of the 1 says everything."""
    read = {name for q in draft.graph if q.expr is not None for name in _read_as_vectors(q.expr)}
    needed = {draft.graph[name].band for name in read.union(draft.graph.outputs)}
    return {band: members for band, members in bands.items() if band in needed or not all(map(_is_long, members))}


def _is_long(q: Quantity) -> bool:
    return isinstance(q.expr, ex.OneHot) and q.expr.depth >= LONG


def _read_as_vectors(expr: ex.Expr) -> Iterator[str]:
    """The quantities that an expression reads other than by multiplying them by a matrix."""
    if isinstance(expr, ex.Ref):
        yield expr.name
    for operand in ex.operands(expr):
        if not (isinstance(expr, ex.Dot | ex.OuterSum) and isinstance(operand, ex.Ref)):
            yield from _read_as_vectors(operand)


def _forward(bands: Bands) -> Bands:
    """What the layers compute and read, without weights and without what belongs to the loss."""
    apart = (Role.GRADIENT, Role.TARGET, Role.LOSS)
    return {b: m for b, m in bands.items() if not m[0].is_weight and b.role not in apart}


def _backward_names(draft: Draft, spec: ModelSpec, bands: Bands) -> dict[str, str]:
    """The worksheet of the gradients of each call, and of each input on its own, that has any."""
    names: dict[str, str] = {}
    for band in _gradients(bands):
        owner = _owner(spec, band)
        if owner != LOSS_LAYER and owner not in names:
            names[owner] = sheet_name(f"{owner} backward", [*draft.sheets, *draft.reserved, *names.values()])
    return names


def _gradients(bands: Bands) -> Bands:
    """The gradients of what belongs to a sample."""
    return {b: m for b, m in bands.items() if b.role is Role.GRADIENT and not m[0].shared}


def _way_back(
    draft: Draft, spec: ModelSpec, bands: Bands, stored: store.Store, batch: Batch, names: Mapping[str, str]
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
            **_forward(bands),
            **{b: m for b, m in of_loss.items() if b.symbol != "mean"},
            **_gradients(bands),
        }
        batch_sheet(draft, draft.sheet(BATCH, "intermediate"), in_time(list(everything.items())), stored)
    several = len(draft.samples) > 1
    begin = Range(next(iter(names.values()), GRADIENTS), 0, 0)
    loss_sheet(draft, loss, list(of_loss.items()), stored, begin, Range(BATCH, 0, 0) if several else None)
    after = Range(LOSS, 0, 0)
    for owner, sheet in sheets.items():
        own = [(b, m) for b, m in _gradients(bands).items() if _owner(spec, b) == owner]
        kinds = {call.name: spec.layer(call.layer).kind for call in spec.calls}
        forward = next(Range(draft.placed(q.name).sheet, 0, 0) for q in draft.graph if _owner(spec, q.band) == owner)
        heading = f"{owner} · {kinds.get(owner, 'input')} · backward"
        backward_sheet(draft, sheet, heading, own, stored, forward, after)
        after = Range(sheet.name, 0, 0)
    shared = [q for q in draft.graph if q.shared]
    source = Range(BATCH, 0, 0) if several else begin
    gradients_sheet(draft, weights, spec, [q for q in shared if q.band.role is Role.GRADIENT], source)
    if step is not None:
        others = [q for q in shared if q.band.role is not Role.GRADIENT]
        step_sheet(draft, step, spec, others, STEPS[batch.step].name)


def _layer_sheets(
    draft: Draft,
    spec: ModelSpec,
    bands: Bands,
    stored: store.Store,
    sentences: Mapping[str, str],
    unwritten: Mapping[str, int],
    backward: Mapping[str, str],
) -> list[LayerSummary]:
    """One sheet for each call; an input that several calls read has a sheet of its own."""
    shown: dict[str, list[tuple[Band, tuple[Quantity, ...]]]] = {}
    for band, members in bands.items():
        shown.setdefault(_owner(spec, band), []).append((band, members))
    for item in spec.inputs:
        if item.tensor in shown and item.tensor not in {call.name for call in spec.calls}:
            sheet = draft.sheet(draft.free_name(item.tensor), "input")
            layer_sheet(
                draft, sheet, f"{item.tensor} · input", "What the network reads.", shown[item.tensor], None, stored
            )
    tensors = {tensor: call for call in spec.calls for tensor in call.outputs}
    shapes = tensor_shapes(spec)
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
                Range(backward[call.name], 0, 0) if call.name in backward else None,
            )  # fmt: skip
        summaries.append(summary)
    return summaries


def _owner(spec: ModelSpec, band: Band) -> str:
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


def _summary(
    draft: Draft,
    spec: ModelSpec,
    call: Call,
    own: Sequence[tuple[Band, tuple[Quantity, ...]]],
    shape: tuple[int, ...],
) -> LayerSummary:
    layer = spec.layer(call.layer)
    count = sum(q.shape[-1] for _, members in own for q in members if q.expr is not None)
    sheet = draft.free_name(call.name) if own else START
    return LayerSummary(call, layer.kind, " × ".join(f"{n:,}" for n in shape), parameters(layer), count, sheet)


def _sentence(call: Call, summary: LayerSummary, tensors: Mapping[str, Call], unwritten: int | None) -> str:
    reads = ", ".join(dict.fromkeys(tensors[t].name if t in tensors else t for t in call.inputs))
    if unwritten is not None:
        return (
            f"Reads {reads}. Each code stands for a vector of {unwritten:,} numbers, a 1 in its place and zeros, which "
            "is not written out: times a kernel it is a row of the kernel, and that is what the next layer fetches."
        )
    weights = f" It has {summary.parameters:,} weights." if summary.parameters else " It has no weights."
    return f"Reads {reads}; computes {summary.numbers:,} numbers for each sample.{weights}"


def _first_weight(draft: Draft, layer: str) -> str | None:
    names = (q.name for q in draft.graph if q.is_weight and (q.band.layer + ".").startswith(layer + "."))
    return next(names, None)


def _compared(draft: Draft, bands: Bands) -> tuple[Bands, str]:
    """What is compared live: as much as can be stored for every sample; and a sentence about it."""
    computed = {b: m for b, m in bands.items() if m[0].expr is not None}
    answers = set(draft.graph.outputs)
    choices = (
        (computed, "Every number that this workbook computes"),
        ({b: m for b, m in computed.items() if b.role in (Role.STATE, Role.OUTPUT)}, "Every state and output"),
        ({b: m for b, m in computed.items() if any(q.name in answers for q in m)}, "Every number of the answer"),
    )
    chosen, what = next(
        (choice for choice in choices if _stored_size(draft, choice[0]) <= _STORED_NUMBERS), choices[-1]
    )
    everything = "" if chosen is computed else " The command xlcheck check compares all the others, too."
    return chosen, f"{what}, beside the same number from Keras in double precision.{everything}"


def _stored_size(draft: Draft, bands: Bands) -> int:
    own = sum(q.shape[-1] for members in bands.values() for q in members if not q.shared)
    return own * len(draft.samples) + sum(math.prod(m[0].shape) for m in bands.values() if m[0].shared)


def _sources(draft: Draft, stored: store.Store) -> list[Source]:
    given = [q for q in draft.graph if q.is_weight and q.expr is None]
    sources = [Source(q.name, draft.placed(q.name), draft.trace[q.name]) for q in given]
    for band, members in draft.graph.bands().items():
        if band.name in stored.areas:
            values = np.concatenate([draft.trace[q.name] for q in members], axis=1)
            sources.append(Source(band.name, stored.areas[band.name], values))
        elif band.symbol.endswith("_init") and members[0].expr is None and not members[0].shared:
            sources += [Source(q.name, draft.placed(q.name), draft.trace[q.name][0]) for q in members]
    return sources


def _reading(batch: Batch | None) -> list[str]:
    forward = [
        "Choose a sample on the sheet Inputs; every sheet then shows the network reading it.",
        "Each layer has a sheet: time runs to the right, each symbol has its equation and one row a unit.",
        "Click a cell to see its formula; the last column of each row shows one as text.",
        "The sheet Check says for each symbol how well its numbers agree with Keras.",
    ]
    if batch is None:
        return forward
    return [
        *forward[:-1],
        "The sheet Loss says how wrong the answer is. From there follow the sheets “backward”, layer by layer: each "
        "number there says how the mean loss changes when a number of the forward pass changes.",
        "The sheet Gradients sums that up for each weight over the whole batch"
        + (", and the sheet Step moves the weights." if batch.step else "."),
        forward[-1],
    ]


def _pages(draft: Draft, layers: Sequence[LayerSummary]) -> dict[str, str]:
    sentences = {
        text_names.NAME: "the words that the network reads, where other words can be typed, and its answer",
        text_names.VOCABULARY: "the words that the network knows, and their codes",
        store.NAME: "the samples, what Keras answers to each, and the drop-down that selects one",
        weights_names.NAME: "the numbers that training has learned, as Keras shows them",
        LOSS: "how wrong the answer is, and where the way back begins",
        GRADIENTS: "how the mean loss changes with each weight, over the whole batch",
        STEP: "where one step of training moves each weight",
        BATCH: "both passes of every sample side by side, from which the gradients are summed",
        check_names.NAME: "symbol by symbol, how well this workbook agrees with Keras",
        numbers.NAME: "every number beside Keras's own, with a verdict",
        **{layer.sheet: _page_of(layer) for layer in layers if layer.sheet != START},
    }
    return {
        name: sentences.get(
            name,
            "the numbers that training has learned in this layer"
            if name.endswith("weights")
            else "how the mean loss changes with what this layer computes"
            if name.endswith("backward")
            else "what the network reads",
        )
        for name in draft.sheets
        if name != START
    }


def _page_of(layer: LayerSummary) -> str:
    return f"{layer.kind}, {layer.numbers:,} numbers" if layer.numbers else f"{layer.kind}: what it reads"


def _add_manifest(
    draft: Draft,
    sheet: SheetDraft,
    spec: ModelSpec,
    trained: Trace,
    provenance: Mapping[str, str],
    batch: Batch | None,
) -> None:
    manifest = Manifest(
        spec=spec,
        trace=draft.trace,
        prediction=np.concatenate([trained[name] for name in draft.graph.outputs], axis=-1),
        bindings=tuple(draft.bindings),
        helpers=tuple(draft.helpers),
        samples=draft.samples,
        selector=draft.selector,
        provenance=provenance,
        atol=ATOL,
        rtol=RTOL,
        filled=tuple(draft.filled),
        copies=tuple(draft.copies),
        batch=batch,
    )
    for row, chunk in enumerate(manifest.to_chunks()):
        sheet.put(row, 0, chunk)
    draft.sheets[SHEET] = sheet
