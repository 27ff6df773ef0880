"""The worksheets of the layers, one for each call, and what the first sheet says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlcheck.formulas.addresses import Range
from xlcheck.graph.quantities import Band, Quantity, Role, in_time
from xlcheck.layout.common import START
from xlcheck.layout.data.store import Store
from xlcheck.layout.draft import Draft
from xlcheck.layout.layer import layer_sheet
from xlcheck.layout.picture import LayerSummary
from xlcheck.layout.weights import parameters
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import Call, ModelSpec
from xlcheck.texts import say

Bands = dict[Band, tuple[Quantity, ...]]


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
    shown: dict[str, list[tuple[Band, tuple[Quantity, ...]]]] = {}
    for band, members in bands.items():
        shown.setdefault(owner_of(spec, band), []).append((band, members))
    for item in spec.inputs:
        if item.tensor in shown and item.tensor not in {call.name for call in spec.calls}:
            sheet = draft.sheet(draft.free_name(item.tensor), "input")
            layer_sheet(
                draft, sheet, _input_title(item.tensor), say("layers.input_intro"), shown[item.tensor], None, stored
            )
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


def _input_title(tensor: str) -> str:
    return tensor if tensor == "input" else say("layers.input", tensor=tensor)


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
    *first, last = dict.fromkeys(tensors[t].name if t in tensors else t for t in call.inputs)
    reads = say("common.and", others=", ".join(first), last=last) if first else last
    if unwritten is not None:
        return say("layers.unwritten", reads=reads, unwritten=unwritten)
    numbers = say("common.one_number") if summary.numbers == 1 else say("layers.numbers", numbers=summary.numbers)
    weights = {0: say("layers.no_weights"), 1: say("layers.one_weight")}.get(
        summary.parameters, say("layers.weights", parameters=summary.parameters)
    )
    return say("layers.reads", reads=reads, numbers=numbers, weights=weights)


def _first_weight(draft: Draft, layer: str) -> str | None:
    names = (q.name for q in draft.graph if q.is_weight and (q.band.layer + ".").startswith(layer + "."))
    return next(names, None)
