"""ModelSpec + traces → WorkbookPlan: the workbook of any model that xlcheck supports."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from xlcheck.formulas.printing import Style
from xlcheck.graph import expressions as ex
from xlcheck.graph.one_hot import LONG
from xlcheck.graph.quantities import Graph, Quantity, Role
from xlcheck.graph.trace import Trace
from xlcheck.layout import check, images, numbers
from xlcheck.layout.additions import Additions
from xlcheck.layout.common import START, has_few_digits
from xlcheck.layout.data.inputs import inputs_sheet
from xlcheck.layout.data.store import Store
from xlcheck.layout.data.text import TextPage, TypedText, text_page
from xlcheck.layout.draft import Draft
from xlcheck.layout.drawings.picture import LayerSummary
from xlcheck.layout.drawings.picture_page import picture_page
from xlcheck.layout.front import Story
from xlcheck.layout.largest import largest_shown
from xlcheck.layout.matrices import per_step, whole
from xlcheck.layout.originals import Source, questions
from xlcheck.layout.paper import fit
from xlcheck.layout.questions import NAME as ANSWERS, ask
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.start import model_summary, pages_of, reading, start_sheet
from xlcheck.layout.tables.batch import DOCUMENTS, NAME as BATCH
from xlcheck.layout.tables.charts import history_sheet
from xlcheck.layout.tables.gradients import GRADIENTS, STEP
from xlcheck.layout.tables.layers import Bands, layer_sheets
from xlcheck.layout.tables.way_back import LOSS, backward_names, forward_only, loss_pages, way_back
from xlcheck.layout.weights import weights_sheets
from xlcheck.learning.forward import forward_graph
from xlcheck.learning.optimisers.batch import Batch, batch_graph
from xlcheck.memory import no_garbage_collection
from xlcheck.model.model_spec import ModelSpec
from xlcheck.texts import say
from xlcheck.workbook.manifest import SHEET, Manifest
from xlcheck.workbook.plan import WorkbookPlan

ATOL = 1e-14
RTOL = 1e-12
_STORED_NUMBERS = 200_000
_HAND_OUT = 10  # pages, without the answers


@no_garbage_collection()
def plan_model(
    spec: ModelSpec,
    trace: Trace,
    trained: Trace,
    samples: Sequence[str],
    style: Style = Style.ROBUST,
    provenance: Mapping[str, str] | None = None,
    *,
    full_products: bool = False,
    batch: Batch | None = None,
    additions: Additions | None = None,
    subject: str | None = None,
    rtol: float = RTOL,
) -> WorkbookPlan:
    """Lay out a model's workbook.

    Args:
        spec: the model.
        trace: Keras's float64 values of every quantity for every sample, weights and inputs included.
        trained: the same from the float32 model.
        samples: a short text for each sample.
        style: how formulas are written.
        provenance: what the first sheet says about where the workbook comes from.
        full_products: show one-hot inputs as vectors and multiply them out, instead of taking rows of the kernels.
        batch: show the backward pass of this batch, too, of which `trace` has all values.
        additions: what a lesson or a text adds; nothing by default.
        subject: what the properties of the file say that it is about; by default a Keras model.
        rtol: how far a number may lie from Keras's, relative to the largest of its quantity.

    Raises:
        NotSupportedError: an operation has no formula in this style.
    """
    additions = additions or Additions()
    draft = new_draft(spec, trace, samples, style, batch, additions)
    start = draft.sheet(START, "keras")
    picture = picture_page(draft, spec)
    bands, store, text, layers = network_sheets(draft, spec, trained, batch, additions, full_products=full_products)
    draft.words, draft.label = store.words, store.label
    answer = None if text is None else text.answer(draft)
    if picture is not None:
        picture.fill(store, additions.book_names)
    if additions.whole and whole.fits(draft, spec):
        whole.whole_sheet(draft, spec)
    if per_step.fits(draft, lesson=additions.whole):
        per_step.matrices_sheet(draft)
    if images.images_of(draft.graph):
        images.images_sheet(draft)
    for page in additions.pages:
        page.fill(draft, spec)
    hidden = SheetDraft(SHEET, hidden=True)
    verdict = _comparison(draft, bands, store, hidden)
    if additions.history:
        history_sheet(draft, additions.history)
    ask(draft, additions.questions)
    pages = pages_of(draft, layers, additions)
    words = additions.story or Story(spec.name, model_summary(spec, layers), tuple(reading(draft, batch)))
    start_sheet(draft, start, spec, layers, store, verdict, check.NAME, words, pages, provenance or {}, answer)
    _add_manifest(draft, hidden, spec, trained, provenance or {}, batch, rtol)
    return finished(draft, words.title, subject or say("plan.keras_model"))


def new_draft(
    spec: ModelSpec, trace: Trace, samples: Sequence[str], style: Style, batch: Batch | None, additions: Additions
) -> Draft:
    """A workbook without worksheets; see `plan_model` for the arguments."""
    graph = forward_graph(spec) if batch is None else batch_graph(spec, batch)
    draft = Draft(graph, trace, samples, style)
    draft.unit_names = dict(additions.unit_names) | _words(graph, additions.typed)
    draft.reserved |= {check.NAME, numbers.NAME, whole.NAME, per_step.NAME, LOSS, GRADIENTS, STEP, BATCH, DOCUMENTS}
    draft.reserved |= {SHEET}
    draft.reserved |= {images.NAME} if images.images_of(graph) else set()
    draft.reserved |= {ANSWERS} if additions.questions else set()
    draft.reserved |= {name for page in additions.pages for name in (page.name, *page.others)}
    draft.further = additions.further
    return draft


def network_sheets(
    draft: Draft,
    spec: ModelSpec,
    trained: Trace | None,
    batch: Batch | None,
    additions: Additions,
    *,
    full_products: bool = False,
) -> tuple[Bands, Store, TextPage | None, list[LayerSummary]]:
    """The sheets of the data, the weights, the layers, and the way back; see `plan_model` for the arguments.

    Without `trained` the model's answers stand nowhere; what else stands where does not depend on it.

    Returns:
        What is shown, where the data stands, the page of a text, and the layers.
    """
    every = draft.graph.bands()
    bands = every if full_products else _without_one_hot_vectors(draft, every)
    unwritten = {band.name: members[0].shape[-1] for band, members in every.items() if band not in bands}
    store, text = _data(draft, bands, trained, additions)
    weights_sheets(draft, spec, additions.book_names, additions.origin)
    backward = backward_names(draft, spec, bands)
    draft.reserved |= {*backward.values()}
    layers = layer_sheets(draft, spec, forward_only(bands), store, additions.sentences, unwritten, backward)
    if batch is not None:
        way_back(draft, spec, bands, store, batch, backward)
    else:
        loss_pages(draft, bands, store, side_by_side=additions.side_by_side)
    return bands, store, text, layers


def _words(graph: Graph, typed: TypedText | None) -> dict[str, tuple[str, ...]]:
    """The words, or the labels, that units of the last layer, one-hot vectors and rows of a table stand for."""
    if typed is None:
        return {}
    encoding, answer = typed.encoding, graph[graph.outputs[-1]]
    words = tuple(encoding.word(code) for code in range(encoding.size))
    names = {len(words): words, len(encoding.labels): tuple(encoding.labels)}.get(answer.shape[-1], ())
    found = {
        q.band.name: names for q in graph if names and q.band.layer == answer.band.layer and q.shape == answer.shape
    }
    for q in graph:
        coded = isinstance(q.expr, ex.OneHot) and q.shape == (len(words),)
        if coded or (q.band.symbol == "embeddings" and q.shape[0] == len(words)):
            found[q.band.name] = words
    return found


def finished(draft: Draft, title: str, subject: str) -> WorkbookPlan:
    """The workbook, once all its sheets are filled."""
    comments = say("plan.properties")
    properties = {"title": title, "subject": subject, "author": "xlcheck", "comments": comments}
    short = has_few_digits(draft.trace)
    shown = largest_shown(draft)
    for sheet in draft.sheets.values():
        sheet.shown = shown.get(sheet.name, {})
        sheet.settle()
        fit(sheet)
    _shorten(draft)
    sheets = tuple(sheet.finish(short=short) for sheet in draft.sheets.values())
    return WorkbookPlan(sheets, draft.names, properties, tuple(draft.compared))


def _shorten(draft: Draft) -> None:
    """Leave a hand-out of a small network ten pages: On one sheet has the weights in their shapes as well."""
    printed = [name for name, sheet in draft.sheets.items() if sheet.printed and not sheet.hidden and name != ANSWERS]
    if whole.NAME in printed and per_step.NAME in printed and len(printed) > _HAND_OUT:
        draft.sheets[per_step.NAME].printed = False


def _data(draft: Draft, bands: Bands, trained: Trace | None, additions: Additions) -> tuple[Store, TextPage | None]:
    """The page of the data: a text, a lesson's own, or a table of all samples."""
    if additions.typed is not None:
        page = text_page(draft, additions.typed)
        return page.inputs, page
    if additions.data_page is not None and trained is not None:
        return additions.data_page(draft, trained), None
    return inputs_sheet(draft, _given(draft, bands), trained), None


def _comparison(draft: Draft, bands: Bands, store: Store, hidden: SheetDraft) -> tuple[str, str]:
    """The sheets beside Keras's numbers; returns the overall verdict as a formula, and its text at first."""
    checking, comparing = draft.sheet(check.NAME, "keras"), draft.sheet(numbers.NAME, "keras")
    compared, what = _compared(draft, bands)
    applies = check.applies_cell(checking)
    rows = numbers.numbers_sheet(draft, comparing, compared, applies, what)
    unchanged = questions(_sources(draft, store), hidden, checking.name)
    check.check_sheet(draft, checking, rows, unchanged)
    return check.verdict(rows, START, applies)


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
    if not any(map(_is_long, draft.graph)):
        return bands
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


def _compared(draft: Draft, bands: Bands) -> tuple[Bands, str]:
    """What is compared live: as much as can be stored for every sample; and a sentence about it."""
    computed = {b: m for b, m in bands.items() if m[0].expr is not None}
    answers = set(draft.graph.outputs)
    choices = (
        (computed, say("plan.every_number")),
        ({b: m for b, m in computed.items() if b.role in (Role.STATE, Role.OUTPUT)}, say("plan.states_and_outputs")),
        ({b: m for b, m in computed.items() if any(q.name in answers for q in m)}, say("plan.every_answer")),
    )
    chosen, what = next(
        (choice for choice in choices if _stored_size(draft, choice[0]) <= _STORED_NUMBERS), choices[-1]
    )
    everything = "" if chosen is computed else say("plan.all_others")
    return chosen, say("plan.beside_keras", what=what, everything=everything)


def _stored_size(draft: Draft, bands: Bands) -> int:
    own = sum(q.shape[-1] for members in bands.values() for q in members if not q.shared)
    return own * len(draft.samples) + sum(math.prod(m[0].shape) for m in bands.values() if m[0].shared)


def _sources(draft: Draft, store: Store) -> list[Source]:
    """Weights, inputs and initial states: whatever Keras was given."""
    given = [q for q in draft.graph if q.is_weight and q.expr is None]
    sources = [Source(q.name, draft.placed(q.name), draft.trace[q.name]) for q in given]
    for band, members in draft.graph.bands().items():
        if band.name in store.areas:
            sources.append(Source(band.name, store.areas[band.name], store.numbers(draft, members)))
        elif band.symbol.endswith("_init") and members[0].expr is None and not members[0].shared:
            sources += [Source(q.name, draft.placed(q.name), draft.trace[q.name][0]) for q in members]
    return sources


def _add_manifest(
    draft: Draft,
    sheet: SheetDraft,
    spec: ModelSpec,
    trained: Trace,
    provenance: Mapping[str, str],
    batch: Batch | None,
    rtol: float,
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
        rtol=rtol,
        filled=tuple(draft.filled),
        copies=tuple(draft.copies),
        batch=batch,
        views=tuple(draft.views),
    )
    put_manifest(draft, sheet, manifest)


def put_manifest(draft: Draft, sheet: SheetDraft, manifest: Manifest) -> None:
    """Write what a workbook says of itself into the first column of the hidden worksheet, which is the last one."""
    for row, chunk in enumerate(manifest.to_chunks()):
        sheet.put(row, 0, chunk)
    draft.sheets[SHEET] = sheet
    draft.compared = [binding.area for binding in manifest.bindings]
    draft.compared += [] if manifest.selector is None else [manifest.selector]
