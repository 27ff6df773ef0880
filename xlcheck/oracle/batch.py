"""One batch out of Keras: every gradient, and the step that Keras's own optimiser makes with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from xlcheck.arrays import Array
from xlcheck.graph.trace import Trace
from xlcheck.learning.optimisers import STEPS
from xlcheck.learning.optimisers.batch import Batch, batch_graph
from xlcheck.learning.optimisers.step import BEFORE, LAYER, NEW, trained_weights
from xlcheck.model.keras_import import import_keras
from xlcheck.model.model_spec import ModelSpec
from xlcheck.oracle.gradients import record_gradients
from xlcheck.oracle.quantities import complete
from xlcheck.oracle.record import retrace
from xlcheck.oracle.training import SLOTS, double_precision


def record_batch(spec: ModelSpec, trace: Trace, batch: Batch, given: Mapping[str, Array]) -> Trace:
    """What Keras says of every quantity of a batch, of a model with a loss.

    The trace is its forward pass with targets, in float64. For a step the settings of the optimiser are given, and its
    slots before the step, by their names.

    Raises:
        ModelError: the targets are not such as TensorFlow differentiates for.
        NotSupportedError: something on the way back has no rule.
        OracleError: Keras gives no value of a quantity.
    """
    graph = batch_graph(spec, batch)
    values = dict(record_gradients(spec, trace).values)
    if batch.step:
        values |= {q.name: np.array(given[q.name]) for q in graph if q.expr is None and q.name not in values}
        pairs = [(w.name, g.name) for w, g in trained_weights(graph) if w.name not in batch.frozen]
        values |= _step(batch, values, pairs)
    return Trace(trace.source, complete(graph, values, batch.samples))


def retrace_batch(spec: ModelSpec, given: Mapping[str, Array], batch: Batch) -> Trace:
    """The same for weights, inputs, targets and settings by their names, as a workbook holds them."""
    return record_batch(spec, retrace(spec, given), batch, given)


def _step(batch: Batch, values: Mapping[str, Array], pairs: list[tuple[str, str]]) -> dict[str, Array]:
    """Let Keras's optimiser move the weights once, from where the slots stand."""
    keras = import_keras()
    own = STEPS[batch.step]
    settings: dict[str, Any] = {name: float(values[f"{LAYER}.{name}"][0]) for name in own.settings}
    if "nesterov" in settings:
        settings["nesterov"] = bool(settings["nesterov"])
    names = {f"w{number:06}": weight for number, (weight, _) in enumerate(pairs)}
    with double_precision():
        variables = {name: keras.Variable(values[weight], dtype="float64", name=name) for name, weight in names.items()}
        optimiser = getattr(keras.optimizers, own.name)(**settings)
        optimiser.build(list(variables.values()))
    iteration = f"{LAYER}.iteration"
    if iteration in values:
        optimiser.iterations.assign(int(values[iteration][0]) - 1)
    slots = dict(_slots(optimiser, names))
    for slot, variable in slots.items():
        variable.assign(values[slot + BEFORE])
    gradients = [keras.ops.convert_to_tensor(values[gradient], dtype="float64") for _, gradient in pairs]
    if pairs:  # a model may be frozen as a whole
        optimiser.apply_gradients(zip(gradients, variables.values(), strict=True))
    found = {slot: np.asarray(variable.value) for slot, variable in slots.items()}
    for name, weight in names.items():
        layer, _, symbol = weight.rpartition(".")
        found[f"{layer}.{NEW}{symbol}"] = np.asarray(variables[name].value)
    return found | _alpha(batch, values)


def _slots(optimiser: Any, names: Mapping[str, str]) -> list[tuple[str, Any]]:
    """The numbers that Keras keeps for each weight, by the names of their quantities."""
    slots = []
    for variable in optimiser.variables:
        name, _, kind = variable.path.rpartition("/")[2].rpartition("_")
        if name in names:
            layer, _, symbol = names[name].rpartition(".")
            slots.append((f"{layer}.{SLOTS[kind]}_{symbol}", variable))
    return slots


def _alpha(batch: Batch, values: Mapping[str, Array]) -> dict[str, Array]:
    """The length of Adam's step, which Keras computes on the way and hands out to nobody; with Keras's operations."""
    if batch.step != "adam":
        return {}
    ops = import_keras().ops

    def setting(name: str) -> Any:
        return ops.convert_to_tensor(values[f"{LAYER}.{name}"], dtype="float64")

    power_1, power_2 = (
        ops.power(ops.cast(ops.cast(setting(name), "float32"), "float64"), setting("iteration"))
        for name in ("beta_1", "beta_2")
    )
    return {f"{LAYER}.alpha": np.asarray(setting("learning_rate") * ops.sqrt(1 - power_2) / (1 - power_1))}
