"""Traces out of Keras: every quantity of the forward pass, as Keras itself computes it.

A copy of the model is run once as it is, and once while `listen` notes what happens in its layers
and cells. Both runs must give the same output to the last bit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from xlcheck.arrays import Array
from xlcheck.errors import ModelError, NotSupportedError, OracleError
from xlcheck.graph.one_hot import places_of, vectors_of
from xlcheck.graph.quantities import Graph
from xlcheck.graph.trace import Trace
from xlcheck.learning.forward import forward_graph, has_logits
from xlcheck.learning.losses import loss_named
from xlcheck.model.codes import check_codes
from xlcheck.model.keras_builder import to_keras
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_layers import walk
from xlcheck.model.keras_reader import check_types, read_model, weights_of
from xlcheck.model.model_spec import InputSpec, ModelSpec
from xlcheck.oracle.clone import clone
from xlcheck.oracle.listen import listening
from xlcheck.oracle.loops import long_loops_in_graphs, open_attention, open_loops
from xlcheck.oracle.losses import loss_quantities
from xlcheck.oracle.noted import codes_are_known, match_calls
from xlcheck.oracle.quantities import complete, gather, spread
from xlcheck.oracle.recorders import recorder_of
from xlcheck.oracle.recorders.recorder import array
from xlcheck.oracle.states import STATES, start_from, states_of
from xlcheck.oracle.sums import only_aligned_sums

_SAME = 1e-6
"""How far two ways of Keras to compute the same may differ; in one of them it rounds a constant to single precision."""
_REFUSAL = "Exception encountered when calling"
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def record(
    model: Any,
    inputs: ArrayLike | Sequence[ArrayLike],
    targets: ArrayLike | None = None,
    initial_states: Mapping[str, ArrayLike] | None = None,
    dtype: str = "float64",
    *,
    loss: str | None = None,
) -> Trace:
    """Record a Keras model.

    Args:
        model: a `keras.Model` that xlcheck supports; it is not changed.
        inputs: one array with a leading axis of samples, or a list of them for a model with several inputs.
        targets: what the model should answer; without it the loss is left out.
        initial_states: `{"lstm.h_init": (samples, units), …}`; without it a stateful layer starts from the
            states that it is in, any other from zeros.
        loss: the identifier of another loss than the model's own.
        dtype: `float64` for the exact values, `float32` for those that a user of the model sees.

    Returns:
        Weights, inputs, initial states, targets and every computed quantity, in the graph's order.

    Raises:
        ModelError: the arrays do not fit the model, or there are targets and no loss.
        NotSupportedError: the model is not supported.
        OracleError: Keras did not give every quantity, its values contradict its own prediction, or the quantities
            that are taken for the outputs are not what the model predicts.
    """
    arrays = _arrays(inputs)
    spec = read_model(model, [item.shape[1:] for item in arrays])
    names = [item.tensor for item in spec.inputs]
    check_types(model, names, arrays)
    check_codes(spec, dict(zip(names, arrays, strict=True)))
    _check_batch(model, len(arrays[0]))
    spec = replace(spec, loss=None if targets is None else loss or _own_loss(spec))
    graph = forward_graph(spec)  # refuses what is not supported before Keras is asked
    with _computed_by_keras():
        copy = clone(model, dtype)
        if dtype == model.dtype:
            _same_model(model, copy, arrays)
        return _record(spec, graph, copy, arrays, targets, {**states_of(model), **(initial_states or {})}, dtype)


@contextmanager
def _computed_by_keras() -> Iterator[None]:
    """Say in one sentence what Keras has against computing a model, such as an option that is too large a number."""
    try:
        yield
    except Exception as error:
        lines = [line.strip() for line in _COLOUR.sub("", str(error)).splitlines() if line.strip()]
        if not lines or _REFUSAL not in lines[0]:
            raise
        raise ModelError(f"Keras cannot compute this model: {' '.join(lines[:2]):.300}") from error


def predict(
    model: Any, inputs: ArrayLike | Sequence[ArrayLike], initial_states: Mapping[str, ArrayLike] | None = None
) -> Trace:
    """What a Keras model answers in single precision, as its user sees it; `record` has been asked about it before.

    Returns:
        The output quantities, and nothing else.

    Raises:
        ModelError: Keras computes the model in double precision only.
        OracleError: a copy of the model answers something else.
    """
    arrays, dtype = _arrays(inputs), "float32"
    graph = forward_graph(replace(read_model(model, [item.shape[1:] for item in arrays]), loss=None))
    with _computed_by_keras():
        copy = clone(model, dtype)
        outputs = _same_model(model, copy, arrays) if model.dtype == dtype else []
        if initial_states or not outputs:
            start_from(copy, {**states_of(model), **(initial_states or {})}, len(arrays[0]), dtype)
            outputs = predictions(copy, [import_keras().ops.convert_to_tensor(item, dtype=dtype) for item in arrays])
    answers = np.concatenate([array(item).reshape(len(arrays[0]), -1) for item in outputs], axis=1)
    ends = np.cumsum([graph[name].shape[-1] for name in graph.outputs])
    return Trace(f"keras {dtype}", dict(zip(graph.outputs, np.split(answers, ends[:-1], axis=1), strict=True)))


def retrace(spec: ModelSpec, given: Mapping[str, Array], dtype: str = "float64") -> Trace:
    """Record the model that a spec describes, with weights, inputs, initial states and targets by their names.

    Args:
        spec: the model.
        given: at least every quantity that is not computed; computed ones are not looked at.
        dtype: as in `record`.

    Raises:
        ModelError: a given quantity is missing, of another shape than the spec says, or a code that is none.
        NotSupportedError: the model is not supported.
        OracleError: as in `record`.
    """
    graph = forward_graph(spec)
    for q in graph:
        if q.expr is None and q.name not in given:
            raise ModelError(f"the value of {q.name} is missing; the model {spec.name!r} cannot be run without it")
        if q.expr is None and given[q.name].shape[0 if q.is_weight else 1 :] != q.shape:
            raise ModelError(f"{q.name} has the shape {given[q.name].shape}; the model {spec.name!r} needs {q.shape}")
    inputs = [_given_input(graph, item, given) for item in spec.inputs]
    check_codes(spec, dict(zip((item.tensor for item in spec.inputs), inputs, strict=True)))
    targets = None if spec.loss is None else gather(graph, "target.y", given)
    states = {q.name: given[q.name] for q in graph if q.expr is None and q.band.symbol in STATES}
    return _record(spec, graph, to_keras(spec, given, dtype), inputs, targets, states, dtype)


def _given_input(graph: Graph, item: InputSpec, given: Mapping[str, Array]) -> Array:
    if item.one_hot:
        return vectors_of(gather(graph, f"{item.tensor}.place", given), item.shape[-1]).reshape(-1, *item.shape)
    return gather(graph, f"{item.tensor}.x", given).reshape(-1, *item.shape)


def _record(
    spec: ModelSpec,
    graph: Graph,
    model: Any,
    inputs: list[Array],
    targets: ArrayLike | None,
    states: Mapping[str, ArrayLike],
    dtype: str,
) -> Trace:
    keras = import_keras()
    tensors = [keras.ops.convert_to_tensor(item, dtype=dtype) for item in inputs]
    start_from(model, states, len(inputs[0]), dtype)
    with only_aligned_sums():
        plain = predictions(model, tensors)
    if open_attention(model):
        own, plain = plain, predictions(model, tensors)
        for a, b in zip(own, plain, strict=True):
            if not np.allclose(np.asarray(a), np.asarray(b), rtol=_SAME, atol=_SAME, equal_nan=True):
                raise OracleError("the scores of an attention lead to something else than Keras's own prediction")
    open_loops(model)
    start_from(model, states, len(inputs[0]), dtype)
    with listening(model) as root:
        outputs = call_model(model, tensors)
    for name, a, b in zip(spec.outputs, plain, outputs, strict=True):
        if not np.array_equal(np.asarray(a), np.asarray(b), equal_nan=True):
            raise OracleError(f"the values recorded inside Keras lead to another {name} than Keras's own prediction")

    values = dict(weights_of(model))
    for item, tensor in zip(spec.inputs, tensors, strict=True):
        values |= spread(graph, f"{item.tensor}.x", array(tensor))
        if item.one_hot:
            values |= spread(graph, f"{item.tensor}.place", places_of(array(tensor)))
    for call, noted in match_calls(spec, root, tensors):
        for symbol, recorded in recorder_of(spec.layer(call.layer).kind, call.name)(noted).items():
            values |= spread(graph, f"{call.name}.{symbol}", recorded)
    if spec.loss is not None:
        _check_output(spec, outputs[0])
        goal = target_tensor(spec.loss, targets, outputs[0], dtype)
        values |= spread(graph, "target.y", array(goal))
        for symbol, recorded in loss_quantities(spec.loss, goal, outputs[0], dtype).items():
            values |= spread(graph, f"loss.{symbol}", recorded)
    trace = Trace(f"keras {dtype}", complete(graph, values, len(inputs[0])))
    require_outputs(spec, graph, trace, [array(output) for output in plain])
    return trace


def require_outputs(spec: ModelSpec, graph: Graph, trace: Trace, predictions: Sequence[Array]) -> None:
    """What the spec calls the model's outputs is what the model predicts, each output by itself, to the last bit.

    Predictions are `(samples, …)` for each output, in the model's order; the outputs of the graph are their steps, one
    after the other.

    Raises:
        OracleError: one of them is something else.
    """
    steps = iter([trace[name] for name in graph.outputs])
    for output, prediction in zip(spec.outputs, predictions, strict=True):
        wanted = prediction.reshape(len(prediction), -1)
        taken = np.empty((len(wanted), 0))
        while taken.shape[1] < wanted.shape[1] and (step := next(steps, None)) is not None:
            taken = np.concatenate([taken, step], axis=1)
        if not np.array_equal(taken, wanted, equal_nan=True):
            raise OracleError(
                f"the model {spec.name!r} predicts something else than its layer {output!r} computes, which xlcheck "
                "takes for this output; please report this model"
            )


def _arrays(inputs: ArrayLike | Sequence[ArrayLike]) -> list[Array]:
    several = isinstance(inputs, (list, tuple)) and len(inputs) > 0 and all(isinstance(i, np.ndarray) for i in inputs)
    arrays = [np.asarray(item, dtype=np.float64) for item in (inputs if several else [inputs])]  # type: ignore[union-attr]
    for item in arrays:
        if item.ndim == 0 or len(item) != len(arrays[0]) or len(item) == 0:
            raise ModelError("inputs need a leading axis of samples, at least one, the same number for each input")
        if not np.isfinite(item).all():
            raise ModelError("inputs must be finite numbers; there is a NaN or an infinity among them")
    return arrays


def _own_loss(spec: ModelSpec) -> str:
    """The loss that belongs to targets, which are never left out in silence."""
    if len(spec.outputs) > 1:
        raise ModelError(f"the model {spec.name!r} has {len(spec.outputs)} outputs; targets go with a model with one")
    if spec.loss is None:
        raise ModelError(f"the model {spec.name!r} was compiled without a loss, so targets say nothing; compile it")
    return spec.loss


def _check_batch(model: Any, samples: int) -> None:
    stateful = any(getattr(layer, "stateful", False) for _, layer in walk(model))
    for tensor in model.inputs:
        if stateful and tensor.shape[0] != samples:
            raise ModelError(
                f"model {model.name!r} reads batches of {tensor.shape[0]} samples, as stateful layers need; "
                f"there are {samples}"
            )


def call_model(model: Any, tensors: list[Any]) -> list[Any]:
    """The model's outputs as a list."""
    keras = import_keras()
    single = type(model) is keras.Sequential
    given = tensors[0] if single else keras.tree.pack_sequence_as(model.input, tensors)
    outputs: list[Any] = keras.tree.flatten(model(given, training=False))
    return outputs


def predictions(model: Any, tensors: list[Any]) -> list[Any]:
    """The same by Keras alone, nobody listening."""
    with long_loops_in_graphs(model), codes_are_known():
        return call_model(model, tensors)


def _same_model(model: Any, copy: Any, inputs: list[Array]) -> list[Any]:
    """What the copy predicts from the model's states.

    Raises:
        OracleError: the copy is not the model; the same code may still round in another order, which is little unless
            the model makes much of it, as one does that divides by a small difference.
    """
    tensors = [import_keras().ops.convert_to_tensor(item, dtype=model.dtype) for item in inputs]
    states = states_of(model)
    start_from(copy, states, len(inputs[0]), model.dtype)
    desired, actual = predictions(model, tensors), predictions(copy, tensors)
    start_from(model, states, len(inputs[0]), model.dtype)
    if not all(map(_close, desired, actual)) and not all(map(_close, desired, actual, _rounded(model, actual, inputs))):
        raise OracleError(f"a copy that Keras made of the model {model.name!r} predicts something else than the model")
    return actual


def _close(desired: Any, actual: Any, rounded: float = 0.0) -> bool:
    """Whether two single-precision predictions differ by no more than rounding, and ten times what it made before."""
    return np.allclose(np.asarray(desired), np.asarray(actual), rtol=1e-5, atol=1e-6 + 10 * rounded, equal_nan=True)


def _rounded(model: Any, predicted: list[Any], inputs: list[Array]) -> list[float]:
    """How much rounding makes in each prediction of a copy, by another copy that computes in double precision."""
    exact = clone(model, "float64")
    start_from(exact, states_of(model), len(inputs[0]), "float64")
    tensors = [import_keras().ops.convert_to_tensor(item, dtype="float64") for item in inputs]
    return [
        float(np.max(np.abs(np.asarray(a, dtype="float64") - np.asarray(b)), initial=0.0))
        for a, b in zip(predicted, predictions(exact, tensors), strict=True)
    ]


def _check_output(spec: ModelSpec, output: Any) -> None:
    """Refuse an output of which Keras takes the loss in another way than the equations say.

    Raises:
        NotSupportedError: it carries a mask, or logits, where the equations know of none, or the other way round.
    """
    by_logits = str(spec.loss) != "mean_squared_error" and hasattr(output, "_keras_logits")
    if getattr(output, "_keras_mask", None) is not None or (by_logits and not has_logits(spec)):
        last = spec.layer(next(call.layer for call in spec.calls if spec.outputs[0] in call.outputs))
        raise NotSupportedError(
            f"layer {last.name!r}: the loss {spec.loss!r} of what a {last.kind} with these options returns is not "
            "supported; put a Dense layer after it"
        )


def target_tensor(loss: str, targets: ArrayLike | None, output: Any, dtype: str) -> Any:
    """The targets as a tensor of the shape in which the loss needs them, as many numbers as the output has.

    For a sparse loss there is one class number in place of a vector.

    Raises:
        ModelError: they do not have as many elements as needed, are not finite, or are no classes of the output.
    """
    shape = tuple(output.shape)
    codes = loss_named(loss).codes
    shape = (*shape[:-1], 1) if codes else shape
    goal = np.asarray(targets, dtype=dtype)
    if goal.size != np.prod(shape) or goal.ndim == 0 or len(goal) != output.shape[0]:
        raise ModelError(
            f"the targets have the shape {goal.shape}; the model answers in the shape {tuple(output.shape)}"
            + (f", and the loss {loss!r} needs the number of a class for each answer: {shape[:-1]}" if codes else "")
        )
    if not np.isfinite(goal).all():
        raise ModelError("targets must be finite numbers; there is a NaN or an infinity among them")
    if codes and not np.isin(goal, np.arange(output.shape[-1])).all():
        raise ModelError(
            f"the targets of the loss {loss!r} are numbers of classes, whole numbers from 0 to {output.shape[-1] - 1}; "
            "there are others among them"
        )
    return import_keras().ops.convert_to_tensor(goal.reshape(shape))
