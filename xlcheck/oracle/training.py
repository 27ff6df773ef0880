"""Training out of Keras: every quantity of every epoch, while Keras's own optimiser moves the weights.

All samples are one batch, so an epoch is one step. The step is compiled once; what was noted while it
was compiled is filled with the values of all epochs at once, for which an epoch counts like more samples.

A workbook that somebody has changed is trained once more with what stands in it, and so are its nudged runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from xlcheck.arrays import Array
from xlcheck.errors import ModelError
from xlcheck.graph.gradients import PREFIX, backward
from xlcheck.graph.nudges import DELTA, NUDGED, nudges
from xlcheck.graph.trace import Trace, Training
from xlcheck.learning.forward import forward_graph
from xlcheck.learning.optimisers import OPTIMISERS, optimiser_named
from xlcheck.learning.optimisers.run import numbers_of
from xlcheck.learning.optimisers.step import LAYER, NEW
from xlcheck.learning.optimisers.table import epoch_graph
from xlcheck.model.keras_builder import to_keras
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_layers import walk, weights_by_name
from xlcheck.model.model_spec import ModelSpec
from xlcheck.oracle.gradients import step_weights, watch_all
from xlcheck.oracle.listen import listening
from xlcheck.oracle.loops import open_loops
from xlcheck.oracle.losses import loss_parts, mean_loss
from xlcheck.oracle.noted import mapped, match_calls, tensors_of
from xlcheck.oracle.quantities import gather, spread
from xlcheck.oracle.record import call_model, retrace, target_tensor
from xlcheck.oracle.recorders import recorder_of
from xlcheck.oracle.states import STATES, start_from
from xlcheck.progress import Progress


def record_training(
    spec: ModelSpec,
    given: Mapping[str, Array],
    optimiser: str = "adam",
    settings: Mapping[str, float] | None = None,
    epochs: int = 500,
    progress: Progress | None = None,
) -> Training:
    """Train a model with Keras in double precision, all samples in one batch, and record every quantity.

    Args:
        spec: the model, with a loss.
        given: inputs, targets and the weights to start from, by their names.
        optimiser: `sgd`, `rmsprop` or `adam`.
        settings: settings of the optimiser that are not Keras's defaults.
        epochs: how many steps.
        progress: told after each epoch.

    Raises:
        ModelError: the model has no loss, or the targets are not such as TensorFlow differentiates for.
        NotSupportedError: there is no such optimiser.
    """
    if spec.loss is None:
        raise ModelError(f"the model {spec.name!r} was compiled without a loss, so it cannot be trained; compile it")
    own = optimiser_named(optimiser)
    step = _Step(spec, given, own.name, dict(settings or {}))
    runs = []
    for epoch in range(epochs):
        runs.append([np.asarray(value) for value in step()])
        if progress is not None:
            progress(epoch + 1, epochs)
    return Training(optimiser.lower(), dict(settings or {}), step.quantities(runs))


class _Step:
    """One compiled step of training, and where in its results which tensor is."""

    def __init__(self, spec: ModelSpec, given: Mapping[str, Array], optimiser: str, settings: dict[str, Any]) -> None:
        import tensorflow as tf

        self.spec = spec
        self.graph = forward_graph(spec)
        self.model = to_keras(spec, given)
        open_loops(self.model)
        for layer in self.model._flatten_layers():
            if hasattr(layer, "unroll"):
                layer.unroll = True  # a compiled loop would hide its steps
        self.weights = {
            f"{path}.{name}": variable
            for path, layer in walk(self.model)
            for name, variable in weights_by_name(layer).items()
            if variable.trainable
        }
        with double_precision():
            # As float64, or Keras would round the learning rate to single precision.
            self.optimiser = getattr(import_keras().optimizers, optimiser)(**settings)
            self.optimiser.build(list(self.weights.values()))
        arrays = [gather(self.graph, f"{item.tensor}.x", given).reshape(-1, *item.shape) for item in spec.inputs]
        self.inputs = [tf.constant(array, dtype=tf.float64) for array in arrays]
        self.targets = gather(self.graph, "target.y", given)
        self.samples = len(self.targets)
        states = {q.name: given[q.name] for q in self.graph if q.expr is None and q.band.symbol in STATES}
        start_from(self.model, states, self.samples, "float64")
        self.run = tf.function(self._run, autograph=False)

    def __call__(self) -> list[Any]:
        """Run the step; all results, in the same order each time."""
        results: list[Any] = self.run()
        return results

    def _run(self) -> list[Any]:
        """The step, as it is compiled; what is noted while that happens stays."""
        import tensorflow as tf

        ops = import_keras().ops
        loss_name = str(self.spec.loss)
        before = [tf.identity(variable.value) for variable in self.weights.values()]
        with tf.GradientTape(persistent=True) as tape, listening(self.model) as root:
            watch_all(tape, self.model, self.inputs)
            outputs = call_model(self.model, self.inputs)
            goal = target_tensor(loss_name, self.targets, outputs[0], "float64")
            loss = mean_loss(loss_name, goal, outputs[0], "float64", step_weights(loss_name, self.targets))
            parts = loss_parts(loss_name, goal, outputs[0])
            plain_mean = ops.mean(list(parts.values())[-1])
        self.noted = list(match_calls(self.spec, root, self.inputs))
        self.parts = list(parts)
        noted = {id(t): t for t in tensors_of([c for _, c in self.noted]) if _is_float(t)}
        self.places = {key: place for place, key in enumerate(noted)}
        flows = tape.gradient(loss, list(noted.values()), unconnected_gradients="zero")
        gradients = tape.gradient(loss, [variable.value for variable in self.weights.values()])
        gradients = [tf.convert_to_tensor(gradient) for gradient in gradients]
        part_flows = tape.gradient(plain_mean, list(parts.values()))
        self.optimiser.apply_gradients(zip(gradients, self.weights.values(), strict=True))
        after = [tf.identity(variable.value) for variable in self.weights.values()]
        self.slots = [v for v in self.optimiser.variables if v.path.rpartition("/")[2] not in _COUNTERS]
        kept = [tf.identity(variable.value) for variable in self.slots]
        groups = [list(noted.values()), flows, before, gradients, after, kept, list(parts.values()), part_flows, [loss]]
        self.sizes = [len(group) for group in groups]
        return [item for group in groups for item in group]

    def quantities(self, runs: list[list[Array]]) -> dict[str, Array]:
        """The results of all epochs by the names of quantities."""
        epochs = len(runs)
        stacked = [np.stack(values) for values in zip(*runs, strict=True)]
        groups: list[list[Array]] = []
        for size in self.sizes:
            groups.append(stacked[:size])
            stacked = stacked[size:]
        noted, flows, before, gradients, after, kept, parts, part_flows, (loss,) = groups
        values: dict[str, Array] = {}
        for item, tensor in zip(self.spec.inputs, self.inputs, strict=True):
            for name, array in spread(self.graph, f"{item.tensor}.x", np.asarray(tensor)).items():
                values[name] = np.stack([array] * epochs)
        for name, array in spread(self.graph, "target.y", self.targets).items():
            values[name] = np.stack([array] * epochs)
        values |= self._recorded(noted, "", epochs, holds_values=True)
        values |= self._recorded(flows, PREFIX, epochs, holds_values=False)
        for symbol, part, flow in zip(self.parts, parts, part_flows, strict=True):
            values |= self._spread(f"loss.{symbol}", part, "", epochs)
            values |= self._spread(f"loss.{symbol}", flow, PREFIX, epochs)
        values["loss.mean"] = np.repeat(loss.reshape(epochs, 1, 1), self.samples, axis=1)
        for number, name in enumerate(self.weights):
            layer, _, symbol = name.rpartition(".")
            values[name] = before[number]
            values[f"{layer}.{PREFIX}{symbol}"] = gradients[number]
        known = backward(self.graph, self.samples)
        values = {name: array for name, array in values.items() if name in known}
        for number, name in enumerate(self.weights):
            layer, _, symbol = name.rpartition(".")
            values[f"{layer}.{NEW}{symbol}"] = after[number]
        return values | self._kept(kept)

    def _recorded(self, arrays: list[Array], prefix: str, epochs: int, *, holds_values: bool) -> dict[str, Array]:
        """Fill what was noted with arrays, and let the recorders read it."""

        def replace(tensor: Any) -> Any:
            place = self.places.get(id(tensor))
            return tensor if place is None else _joined(arrays[place])

        values: dict[str, Array] = {}
        for call, made in self.noted:
            recorder = recorder_of(self.spec.layer(call.layer).kind, call.name)
            for symbol, recorded in recorder(mapped(made, replace, holds_values=holds_values)).items():
                values |= self._spread(f"{call.name}.{symbol}", recorded.reshape(epochs, -1, *recorded.shape[1:]),
                                       prefix, epochs)  # fmt: skip
        return values

    def _spread(self, name: str, array: Array, prefix: str, epochs: int) -> dict[str, Array]:
        """`spread` for an array with an axis of epochs in front of that of samples."""
        steps = spread(self.graph, name, _joined(array))
        layer, _, symbol = name.rpartition(".")
        return {
            f"{layer}.{prefix}{symbol}{key.removeprefix(name)}": part.reshape(epochs, -1, *part.shape[1:])
            for key, part in steps.items()
        }

    def _kept(self, kept: list[Array]) -> dict[str, Array]:
        """The optimiser's slots; Keras lists them kind by kind or weight by weight, and names them after the weight."""
        names = {variable.path.replace("/", "_"): name for name, variable in self.weights.items()}
        values = {}
        for variable, array in zip(self.slots, kept, strict=True):
            own = variable.path.rpartition("/")[2]
            path = next(path for path in names if own.startswith(path))
            layer, _, symbol = names[path].rpartition(".")
            slot = SLOTS[own.removeprefix(path + "_")]
            values[f"{layer}.{slot}_{symbol}"] = array
        return values


_COUNTERS = ("iteration", "learning_rate")
SLOTS = {"momentum": "m", "velocity": "v"}


def _is_float(tensor: Any) -> bool:
    import tensorflow as tf

    return isinstance(tensor, tf.Tensor) and tensor.dtype.is_floating


def _joined(array: Array) -> Array:
    """Epochs and samples as one axis."""
    return array.reshape(-1, *array.shape[2:])


@contextmanager
def double_precision() -> Iterator[None]:
    """Let Keras make what it makes here in float64."""
    config = import_keras().config
    usual = config.floatx()
    config.set_floatx("float64")
    try:
        yield
    finally:
        config.set_floatx(usual)


def record_nudged(spec: ModelSpec, given: Mapping[str, Array], delta: float) -> dict[str, Array]:
    """Run a model with a loss once for each nudge, in the order of `nudges`; `delta` is how far a weight is nudged.

    Returns:
        Every computed quantity of the forward pass by name, with a leading axis of runs: `(runs, samples, n)`.
    """
    graph = forward_graph(spec)
    runs = []
    for nudge in nudges(backward(graph, 1)):
        weight = np.array(given[nudge.weight.name])
        weight[nudge.index] += nudge.sign * delta
        runs.append(retrace(spec, {**given, nudge.weight.name: weight}))
    return {q.name: np.stack([run[q.name] for run in runs]) for q in graph if q.expr is not None}


def retrain(spec: ModelSpec, given: Mapping[str, Array], samples: int, epochs: int) -> Trace:
    """What Keras computes in each epoch of a training.

    Args:
        spec: the model.
        given: inputs, targets, first weights and settings, one a number, `(1, 1)` each.
        samples: how many samples there are.
        epochs: how many epochs.

    Returns:
        Every number by its name, with one row an epoch; those of the nudged runs before the first epoch
        with `nudged ` before the name, one row a run.
    """
    epoch = epoch_graph(spec, samples)
    whole = epoch.together(given)
    name, optimiser = list(OPTIMISERS.items())[round(float(whole[f"{LAYER}.choice"][0])) - 1]
    settings = {setting: float(whole[f"{LAYER}.{setting}"][0]) for setting in optimiser.settings}
    delta = float(whole[DELTA][0])
    numbers = numbers_of(epoch, record_training(spec, whole, name, settings, epochs), delta)
    nudged = epoch.apart(record_nudged(spec, whole, delta))
    return Trace("keras float64", numbers | {NUDGED + key: rows for key, rows in nudged.items()})
