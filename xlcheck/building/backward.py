"""What `--backward` asks for: targets, a loss, and perhaps a step; and what Keras says of all that."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np

from xlcheck.arrays import Array
from xlcheck.building.inputs import read_array
from xlcheck.choices import StepName, require_known
from xlcheck.errors import DataError, ModelError, NotSupportedError, UsageError
from xlcheck.graph.trace import Trace
from xlcheck.learning.forward import forward_graph
from xlcheck.learning.losses import FROM_LOGITS, loss_named
from xlcheck.learning.optimisers import STEPS
from xlcheck.learning.optimisers.batch import Batch, batch_graph
from xlcheck.learning.optimisers.step import BEFORE, LAYER, setting_values
from xlcheck.model.model_spec import ModelSpec
from xlcheck.verdicts.messages import plural

COMPILED = "compiled"
"""The step of whatever optimiser the model was compiled with."""

_CLASSES = 2
_ROUNDING = 1e-9


def backward_asked(
    targets: Any, loss: str | None, from_logits: bool, step: str | None, learning_rate: float | None
) -> Backward | None:
    """What is asked for besides the forward pass.

    Raises:
        UsageError: the options do not fit together.
    """
    if targets is None:
        if loss is not None or from_logits or step is not None or learning_rate is not None:
            raise UsageError("a loss, a step and its learning rate need targets; pass them with --targets FILE")
        return None
    if step is not None:
        require_known(step, get_args(StepName), "step")
    if learning_rate is not None and not (math.isfinite(learning_rate) and learning_rate > 0):
        raise UsageError(f"a learning rate is a positive number, not {learning_rate!r}")
    return Backward(targets, loss, from_logits, step, learning_rate)


@dataclass(frozen=True)
class Backward:
    """What is asked for.

    Attributes:
        targets: path of a file, or an array with the right answer for each sample.
        loss: Keras's identifier; by default the loss that the model was compiled with.
        from_logits: whether that loss is told `from_logits=True`.
        step: `sgd`, `rmsprop`, `adam`, `COMPILED`, or None for no step.
        learning_rate: another one than the optimiser's.
    """

    targets: Any
    loss: str | None = None
    from_logits: bool = False
    step: str | None = None
    learning_rate: float | None = None

    def options(self) -> str:
        """The same as options of the command line."""
        options = " --backward --targets FILE"
        options += "" if self.loss is None else f" --loss {self.loss}"
        options += " --from-logits" if self.from_logits else ""
        options += "" if self.step is None else f" --step {self.step}"
        return options + ("" if self.learning_rate is None else f" --learning-rate {self.learning_rate:g}")


def loss_of(spec: ModelSpec, asked: Backward) -> str:
    """The identifier of the loss.

    Raises:
        ModelError: none is named, and the model has none, or several outputs.
        NotSupportedError: xlcheck does not know it.
    """
    if len(spec.outputs) > 1:
        raise NotSupportedError(
            f"model {spec.name!r} has {len(spec.outputs)} outputs; a backward pass is supported for a model with one"
        )
    if asked.loss is None and asked.from_logits:
        raise UsageError("--from-logits goes with --loss; name the loss, too")
    loss = spec.loss if asked.loss is None else asked.loss + (FROM_LOGITS if asked.from_logits else "")
    if loss is None:
        raise ModelError(f"model {spec.name!r} was compiled without a loss; name one with --loss")
    own = loss_named(loss)
    classes = forward_graph(spec).tensors[spec.outputs[0]][-1]
    if (own.totals or own.codes) and classes < _CLASSES:
        raise NotSupportedError(
            f"the loss {own.name!r} is about classes, and model {spec.name!r} answers with a single number; "
            "binary_crossentropy is for that"
        )
    return own.name


def targets_of(asked: Backward, samples: int, loss: str) -> Array:
    """The targets as an array, one sample after the other.

    Raises:
        DataError: they cannot be read, are no finite numbers, there are not as many as samples, or they are no
            distributions where the loss needs some.
    """
    array, where = read_array(asked.targets, "targets")
    if len(array) != samples:
        raise DataError(
            f"{where}: it holds targets for {plural(len(array), 'sample', 'samples')}; the inputs have {samples}"
        )
    if loss_named(loss).totals and (np.abs(array.sum(axis=-1) - 1) > _ROUNDING).any():
        raise DataError(
            f"{where}: the targets of the loss {loss!r} must add up to 1 for each answer; give one-hot vectors, or "
            "numbers of classes with --loss sparse_categorical_crossentropy"
        )
    return array


def prepare(model: Any, spec: ModelSpec, samples: int, asked: Backward) -> tuple[Batch, dict[str, Array]]:
    """The batch, and what a step is given: settings of the optimiser and its slots.

    Raises:
        NotSupportedError: a layer or the loss has no rule, or training would compute something else.
        UsageError: the model was not compiled, but its optimiser is asked for.
    """
    from xlcheck.model.keras_optimiser import frozen_weights, read_optimiser

    _refuse_penalties(model)
    if asked.step is None:
        if asked.learning_rate is not None:
            raise UsageError("--learning-rate goes with --step")
        batch = Batch(samples)
        batch_graph(spec, batch)
        return batch, {}
    _refuse_other_training(model)
    own = read_optimiser(model) if asked.step == COMPILED or getattr(model, "optimizer", None) is not None else None
    if own is None and asked.step == COMPILED:
        raise UsageError("the model was not compiled; name an optimiser: --step sgd, rmsprop or adam")
    name = own.name.lower() if own is not None and asked.step == COMPILED else asked.step
    if own is not None and own.name.lower() != name:
        own = None
    changed = dict(own.settings) if own is not None else {}
    if asked.learning_rate is not None:
        changed["learning_rate"] = asked.learning_rate
    key = "sgd with momentum" if name == "sgd" and changed.get("momentum") else name
    if key == "sgd":
        changed = {setting: value for setting, value in changed.items() if setting == "learning_rate"}
    batch = Batch(samples, key, frozen_weights(model))
    values = {f"{LAYER}.{setting}": np.array([v]) for setting, v in setting_values([STEPS[key]], 0, changed).items()}
    values[f"{LAYER}.iteration"] = np.array([1.0 + (own.steps if own is not None else 0)])
    slots = own.slots if own is not None else {}
    graph = batch_graph(spec, batch)
    for q in graph:
        if q.expr is None and q.band.symbol.endswith(BEFORE):
            values[q.name] = slots.get(q.name.removesuffix(BEFORE), np.zeros(q.shape))
    return batch, {name: value for name, value in values.items() if name in graph}


def with_gradients(spec: ModelSpec, trace: Trace, batch: Batch, given: Mapping[str, Array]) -> Trace:
    """The forward pass with everything that Keras says of the way back."""
    from xlcheck.oracle.batch import record_batch

    return record_batch(spec, trace, batch, given)


def _refuse_penalties(model: Any) -> None:
    """Refuse what Keras adds to the loss of the answers."""
    for layer in _layers(model):
        config = layer.get_config()
        keys = [key for key, value in config.items() if key.endswith("_regularizer") and value]
        if type(layer).__name__ == "ActivityRegularization":
            keys.append("activity regularization")
        if keys:
            raise NotSupportedError(
                f"layer {layer.name!r}: Keras adds a penalty to the loss ({keys[0]}), which is not supported in a "
                "backward pass"
            )


def _refuse_other_training(model: Any) -> None:
    """Refuse a step of a model that answers differently while it is trained."""
    for layer in _layers(model):
        config = layer.get_config()
        what, instead = None, ""
        if type(layer).__name__ == "BatchNormalization" and layer.trainable:
            what, instead = "it normalises by the batch itself while it is trained", ", or set trainable=False"
        if type(layer).__name__.startswith("Random"):
            what = "it changes images at random while it is trained"
        for key in ("rate", "dropout", "recurrent_dropout", "stddev"):
            if config.get(key):
                what = f"it changes numbers at random while it is trained ({key}={config[key]!r})"
                instead = ", or set the option to 0"
        constraints = [key for key, value in config.items() if key.endswith("_constraint") and value]
        if constraints:
            what = f"its {constraints[0]} changes weights after each step"
        if what is not None:
            raise NotSupportedError(
                f"layer {layer.name!r}: {what}, so that a step of Keras would not be this one; leave --step out"
                f"{instead}"
            )


def _layers(model: Any) -> Iterator[Any]:
    yield from model._flatten_layers(include_self=False)
