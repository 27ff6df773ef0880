"""From a Keras model and its inputs to a workbook that was checked: what `xlcheck build MODEL.keras` does."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from xlcheck.arrays import Array
from xlcheck.building.backward import Backward, loss_of, prepare, targets_of, with_gradients
from xlcheck.building.built import Built
from xlcheck.building.inputs import inputs_of
from xlcheck.engines.base import Engine
from xlcheck.errors import DataError, ModelError, WorkbookError
from xlcheck.files import require_writable
from xlcheck.formulas.printing import Style
from xlcheck.graph import expressions as ex
from xlcheck.graph.evaluate import value_of
from xlcheck.graph.one_hot import LONG, is_one_hot, places_of
from xlcheck.graph.quantities import Graph
from xlcheck.graph.trace import Trace
from xlcheck.layout.additions import Additions
from xlcheck.layout.data.inputs import require_room
from xlcheck.layout.data.text import TypedText
from xlcheck.layout.front import Story
from xlcheck.layout.plan import plan_model
from xlcheck.layout.weights import require_room_for_weights
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import ModelSpec
from xlcheck.shown import encodable
from xlcheck.sizes import TRACE_NUMBERS
from xlcheck.verdicts.generated.check import check_content
from xlcheck.workbook.reader import read_workbook
from xlcheck.workbook.writer import write_workbook

_INPUTS = "--inputs FILE"
_SAME_DIGITS = 1e-14  # numbers nearer to each other are the same to some program


def build_model(
    model: Any,
    inputs: Any,
    output: str | Path,
    *,
    style: Style = Style.ROBUST,
    full_products: bool = False,
    engine: Engine | None = None,
    labels: Sequence[str] | None = None,
    typed: TypedText | None = None,
    story: Story | None = None,
    backward: Backward | None = None,
) -> Built:
    """Write a model's workbook and check the saved file; `xlcheck.build_model` says what most of the options mean.

    Inputs may be `ModelInputs`, too, and `labels` are a short text for each sample. Of a `typed` text, which is behind
    the only sample, the words can be changed in the workbook; `story` has those on the first sheet. With `backward`
    the samples are one batch, whose backward pass is shown.

    Raises:
        UsageError: there is no such folder, or the file cannot be written there.
        ModelError: the model cannot be loaded or used, or gives numbers that no cell can hold.
        NotSupportedError: a layer or an option is not supported; nothing is written.
        DataError: the inputs cannot be read or do not fit the model.
        OracleError: Keras's recorded values contradict its own prediction.
        WorkbookError: the workbook would exceed Excel's limits; the message has the sizes.
    """
    from xlcheck.model.keras_file import loaded_model
    from xlcheck.model.keras_optimiser import identifier_of
    from xlcheck.model.keras_reader import read_model, require_supported, weights_of
    from xlcheck.oracle.record import predict, record

    path = Path(output)
    require_writable(path, ".xlsx")
    loaded = loaded_model(model)
    require_room_for_weights(require_supported(loaded))  # by name, before its inputs are looked at
    if backward is not None and backward.loss is not None:
        backward = replace(backward, loss=identifier_of(backward.loss))
    given = inputs_of(loaded, inputs, labels, require_room)
    spec = read_model(loaded, given.shapes)
    spec = replace(spec, loss=None if backward is None else loss_of(spec, backward))
    _require_single_precision(spec, given.arrays, weights_of(loaded))
    _require_memory(forward_graph(spec), len(given.labels))
    arrays = given.for_keras
    batch, targets = None, None
    settings: dict[str, Array] = {}
    if backward is not None:
        targets = targets_of(backward, len(given.labels), str(spec.loss))
        batch, settings = prepare(loaded, spec, len(given.labels), backward)
    trace = record(loaded, arrays, targets, given.states, loss=spec.loss)
    trained = predict(loaded, arrays, given.states)
    _require_finite(trace)
    graph = forward_graph(spec)
    _require_clear_choices(graph, trace)
    _require_whole_numbers(spec, graph, trace)
    _require_finite(trained, graph.outputs, " in float32, the precision in which the model was trained")
    spec, trace = with_places(spec, trace)
    if batch is not None:
        trace = with_gradients(spec, trace, batch, settings)
        _require_finite(trace)
    name = model if isinstance(model, (str, Path)) else None
    source = _INPUTS if typed is None else typed.options
    source += "" if backward is None else backward.options()
    provenance = _provenance(spec, trace, name, style, source, output)
    plan = plan_model(
        spec, trace, trained, given.labels, style, provenance, full_products=full_products, batch=batch,
        additions=Additions(story=story, typed=typed),
    )  # fmt: skip
    write_workbook(plan, path)
    del plan, trace, trained, arrays  # the check reads the file alone, and needs their memory
    return Built(path, check_content(read_workbook(path), engine or _ironcalc()))


def with_places(spec: ModelSpec, trace: Trace) -> tuple[ModelSpec, Trace]:
    """Keep long one-hot inputs as the places of their 1; everything else stays as it is."""
    graph = forward_graph(spec)
    inputs = []
    places: dict[str, Array] = {}
    for item in spec.inputs:
        names = [q.name for q in graph if q.band.name == f"{item.tensor}.x"]
        one_hot = (
            len(item.shape) < 3
            and item.shape[-1] >= LONG
            and all(graph[name].shape == item.shape[-1:] and is_one_hot(trace[name]) for name in names)
        )
        inputs.append(replace(item, one_hot=one_hot))
        if one_hot:
            places |= {name.replace(".x", ".place", 1): places_of(trace[name]) for name in names}
    return replace(spec, inputs=tuple(inputs)), Trace(trace.source, {**places, **trace.values})


def _require_single_precision(spec: ModelSpec, arrays: Sequence[Array], weights: Mapping[str, Array]) -> None:
    largest = float(np.finfo(np.float32).max)
    for name, array in weights.items():
        if not np.isfinite(array).all():
            raise ModelError(
                f"{name} is infinite or not a number in places, which no worksheet cell can hold; the training of the "
                "model has failed, so train it anew"
            )
        if (np.abs(array) > largest).any():
            raise ModelError(
                f"{name} holds {np.abs(array).max():.3g}; in float32, in which a workbook is compared with the model, "
                f"too, numbers end at {largest:.3g}"
            )
    for item, array in zip(spec.inputs, arrays, strict=True):
        if np.abs(array).max() > largest:
            raise DataError(
                f"input {item.tensor!r} holds {np.abs(array).max():.3g}; in float32, the precision in which models are "
                f"trained, numbers end at {largest:.3g}"
            )


def _require_finite(trace: Trace, names: Sequence[str] | None = None, where: str = "") -> None:
    for name in trace.values if names is None else names:
        if not np.isfinite(trace[name]).all():
            raise ModelError(
                f"{name} is infinite or not a number{where} for one of the samples, which no worksheet cell can hold; "
                "give inputs for which the model stays finite"
            )


def _require_memory(graph: Graph, samples: int) -> None:
    """Refuse more numbers than could be recorded, before the first of them is computed."""
    numbers = sum(math.prod(q.shape) for q in graph if not q.is_weight)
    if samples * numbers > TRACE_NUMBERS:
        raise WorkbookError(
            f"for {samples:,} samples the model computes {samples:,} × {numbers:,} numbers, more than the limit of "
            f"{TRACE_NUMBERS:,}; take fewer samples or fewer time steps"
        )


def _require_clear_choices(graph: Graph, trace: Trace) -> None:
    """Refuse numbers that are equal to spreadsheets, which compare 15 digits, but not to Keras, where it matters."""
    for q in graph:
        for test in ex.walk(q.expr) if q.expr is not None else ():
            if not isinstance(test, ex.NotEqual | ex.Greater):
                continue
            values, others = np.broadcast_arrays(*(value_of(side, trace.values) for side in (test.a, test.b)))
            near = (values != others) & (np.abs(values - others) <= _SAME_DIGITS * np.abs(others))
            if near.any():
                does = "skips" if q.band.symbol == "mask" else "compares it with"
                raise ModelError(
                    f"layer {q.band.layer!r} reads {float(values[near][0])!r} and {does} {float(others[near][0])!r}, "
                    "which no spreadsheet can tell from each other; round the inputs"
                )


def _require_whole_numbers(spec: ModelSpec, graph: Graph, trace: Trace) -> None:
    """Refuse numbers that Keras would cut off when it looks them up."""
    lookups = {call.name for call in spec.calls if spec.layer(call.layer).kind == "IntegerLookup"}
    for q in graph if lookups else ():
        for values in (trace[name] for name in q.reads) if q.band.layer in lookups else ():
            if (values != np.rint(values)).any():
                cut = float(values[values != np.rint(values)][0])
                raise ModelError(f"layer {q.band.layer!r} looks up {cut!r}, which is no whole number; round the inputs")


def _provenance(
    spec: ModelSpec, trace: Trace, name: str | Path | None, style: Style, options: str, output: str | Path
) -> dict[str, str]:
    from xlcheck.model.keras_import import import_keras

    keras = import_keras()
    weights = hashlib.sha256()
    for q in forward_graph(spec):
        if q.is_weight:
            weights.update(np.ascontiguousarray(trace[q.name], dtype="<f8").tobytes())
    command = f"xlcheck build {name} {options} -o {output}"
    call = f"xlcheck.build_model(model, inputs, {str(output)!r}{'' if options == _INPUTS else ', …'})"
    provenance = {
        "model": spec.name if name is None else f"{spec.name}, from {name}",
        "weights": f"sha256 {weights.hexdigest()}",
        "Keras's numbers": f"Keras {keras.__version__} with the {keras.backend.backend()} backend, in float64",
        "formulas": f"{style.value} style",
        "rebuild with": call if name is None else command,
    }
    return {what: encodable(told) for what, told in provenance.items()}


def _ironcalc() -> Engine:
    from xlcheck.engines.ironcalc import IronCalc

    return IronCalc()
