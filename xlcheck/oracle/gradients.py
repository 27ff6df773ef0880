"""Gradients out of Keras: of the mean loss with respect to every quantity, by TensorFlow's `GradientTape`.

The model runs while `listen` notes the tensors in its layers and cells. Then each noted tensor is
replaced by what the tape says of it, and the same recorders that read values read gradients.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from xlcheck.arrays import Array
from xlcheck.errors import ModelError, OracleError
from xlcheck.graph.gradients import PREFIX, backward
from xlcheck.graph.quantities import Graph
from xlcheck.graph.trace import Trace
from xlcheck.learning.forward import forward_graph
from xlcheck.model.keras_builder import to_keras
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_layers import folded, walk, weights_by_name
from xlcheck.model.model_spec import ModelSpec
from xlcheck.oracle.listen import listening
from xlcheck.oracle.loops import open_loops
from xlcheck.oracle.losses import loss_parts, mean_loss
from xlcheck.oracle.noted import mapped, match_calls, tensors_of
from xlcheck.oracle.quantities import gather, spread
from xlcheck.oracle.record import call_model, target_tensor
from xlcheck.oracle.recorders import recorder_of
from xlcheck.oracle.states import STATES, start_from


def record_gradients(spec: ModelSpec, trace: Trace) -> Trace:
    """What Keras says of every gradient quantity of a model with a loss.

    The trace is its forward pass with targets, as `record` gives it in float64.

    Returns:
        The forward pass, followed by the gradients, in the order of the graph that `backward` makes.

    Raises:
        ModelError: the model has no loss, or the targets are not such as TensorFlow differentiates for.
        OracleError: Keras computes another loss than in the trace, or gives no gradient of a quantity.
    """
    if spec.loss is None:
        raise ModelError(f"the model {spec.name!r} was compiled without a loss, so it has no gradients; compile it")
    forward = forward_graph(spec)
    samples = len(trace["loss.mean"])
    graph = backward(forward, samples)
    inputs = [gather(forward, f"{item.tensor}.x", trace.values).reshape(-1, *item.shape) for item in spec.inputs]
    targets = gather(forward, "target.y", trace.values)
    states = {q.name: trace[q.name] for q in forward if q.expr is None and q.band.symbol in STATES}
    gradients = _gradients(spec, forward, to_keras(spec, trace.values), inputs, targets, states, trace)
    return Trace(trace.source, {**trace.values, **_ordered(graph, forward, gradients)})


def step_weights(loss: str, targets: Array) -> Array | None:
    """How much the loss of each step counts: 0 where a categorical target is all zeros, since nothing follows there.

    TensorFlow's gradient of a softmax with cross-entropy takes it for granted that targets add up to 1.

    Raises:
        ModelError: a categorical target adds up to something else.
    """
    if loss != "categorical_crossentropy":
        return None
    totals = targets.sum(axis=-1)
    if not np.isin(np.round(totals, 12), (0.0, 1.0)).all():
        raise ModelError(
            "the targets of a categorical cross-entropy must add up to 1 at each step, or be all zeros where no "
            "answer counts; TensorFlow's gradient is wrong otherwise"
        )
    return None if totals.all() else np.asarray(totals != 0, dtype=np.float64)


def _gradients(
    spec: ModelSpec,
    graph: Graph,
    model: Any,
    inputs: list[Array],
    targets: Array,
    states: Mapping[str, Array],
    trace: Trace,
) -> dict[str, Array]:
    """The gradients by the names of the quantities that they belong to."""
    import tensorflow as tf

    tensors = [import_keras().ops.convert_to_tensor(item, dtype="float64") for item in inputs]
    open_loops(model)
    start_from(model, states, len(inputs[0]), "float64")
    with tf.GradientTape(persistent=True) as tape, listening(model, partial(watch, tape)) as root:
        watch_all(tape, model, tensors)
        outputs = call_model(model, tensors)
        goal = target_tensor(str(spec.loss), targets, outputs[0], "float64")
        weights = step_weights(str(spec.loss), np.asarray(goal))
        loss = mean_loss(str(spec.loss), goal, outputs[0], "float64", weights)
        parts = loss_parts(str(spec.loss), goal, outputs[0])
        plain_mean = import_keras().ops.mean(list(parts.values())[-1])
    if not np.allclose(loss, trace["loss.mean"][0, 0], rtol=1e-14, atol=1e-15):
        raise OracleError("the loss that Keras differentiates is not the one that it recorded")

    parts_of_loss = dict(zip(parts, tape.gradient(plain_mean, list(parts.values())), strict=True))
    values: dict[str, Array] = {}
    for symbol, found in parts_of_loss.items():
        values |= spread(graph, f"loss.{symbol}", np.asarray(found))
    variables = {
        f"{path}.{name}": variable for path, layer in walk(model) for name, variable in weights_by_name(layer).items()
    }
    noted = list(match_calls(spec, root, tensors))
    trained = [variable.value for variable in variables.values()]
    gradient = _gradients_of(tape, loss, [*trained, *tensors_of([call for _, call in noted])])
    values |= {name: folded(variable, gradient(variable.value)) for name, variable in variables.items()}
    for call, made in noted:
        for symbol, recorded in recorder_of(spec.layer(call.layer).kind, call.name)(mapped(made, gradient)).items():
            values |= spread(graph, f"{call.name}.{symbol}", recorded)
    return values


def watch_all(tape: Any, model: Any, inputs: Sequence[Any]) -> None:
    """Let a tape record whatever follows from weights, inputs or initial states, also from one of them alone."""
    tape.watch([variable.value for variable in model.weights])
    tape.watch(list(inputs))
    for _, layer in walk(model):
        if hasattr(layer, "get_initial_state"):
            tape.watch(layer.get_initial_state(len(inputs[0])))


def watch(tape: Any, made: Any) -> None:
    """Let a tape record what follows from these results, even if they follow from nothing that it watches."""
    import tensorflow as tf

    tape.watch([t for t in import_keras().tree.flatten(made) if isinstance(t, tf.Tensor) and t.dtype.is_floating])


def _gradients_of(tape: Any, loss: Any, tensors: Sequence[Any]) -> Callable[[Any], Any]:
    """A function from each of these tensors to its gradient, zeros if the loss does not depend on it."""
    import tensorflow as tf

    differentiable = {id(t): t for t in tensors if isinstance(t, tf.Tensor | tf.Variable) and t.dtype.is_floating}
    found = zip(differentiable, tape.gradient(loss, list(differentiable.values())), strict=True)
    arrays = {key: None if flow is None else np.asarray(tf.convert_to_tensor(flow)) for key, flow in found}

    def gradient(tensor: Any) -> Any:
        if id(tensor) not in differentiable:
            return tensor
        flow = arrays[id(tensor)]
        return np.zeros(tensor.shape) if flow is None else flow

    return gradient


def _ordered(graph: Graph, forward: Graph, gradients: Mapping[str, Array]) -> dict[str, Array]:
    """The gradients that Keras gives, by the names and in the order of the graph."""
    ordered = {}
    for q in graph.quantities[len(forward.quantities) :]:
        layer, symbol = q.band.layer, q.band.symbol.removeprefix(PREFIX)
        name = f"{layer}.{symbol}" if q.step is None else f"{layer}.{symbol}[{q.step}]"
        if name in gradients:
            ordered[q.name] = gradients[name]
    return ordered
