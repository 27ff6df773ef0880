"""The loss and the optimiser that a Keras model was compiled with, and what the latter keeps of the training so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from xlcheck.arrays import Array
from xlcheck.errors import NotSupportedError
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_layers import folded, own_variable, walk, weights_by_name

_KEPT = {"SGD": ("momentum", "nesterov"), "RMSprop": ("rho", "epsilon"), "Adam": ("beta_1", "beta_2", "epsilon")}
_SLOTS = {"momentum": "m", "velocity": "v"}


@dataclass(frozen=True)
class OptimiserState:
    """An optimiser before a step.

    Attributes:
        name: Keras's class name.
        settings: learning rate and what else changes the arithmetic, by Keras's names.
        steps: how many steps it has made.
        slots: what it keeps for each weight: `lstm.m_kernel`, `lstm.v_kernel`; empty before the first step.
    """

    name: str
    settings: Mapping[str, float]
    steps: int = 0
    slots: Mapping[str, Array] = field(default_factory=dict)


def read_optimiser(model: Any) -> OptimiserState | None:
    """What a model was compiled with; None if it was not compiled.

    Raises:
        NotSupportedError: the optimiser, or an option of it, is not supported.
    """
    optimiser = getattr(model, "optimizer", None)
    if optimiser is None:
        return None
    name = type(optimiser).__name__
    if name not in _KEPT or type(optimiser) is not getattr(import_keras().optimizers, name):
        raise NotSupportedError(
            f"the optimiser {name} that the model was compiled with is not supported; supported are {', '.join(_KEPT)}"
        )
    config = optimiser.get_config()
    usual = type(optimiser)().get_config()
    for key, value in config.items():
        if key not in ("name", "learning_rate", *_KEPT[name]) and value != usual[key]:
            raise NotSupportedError(
                f"the optimiser {name} with {key}={value!r} is not supported; leave this option as Keras has it"
            )
    rate = config["learning_rate"]
    if not isinstance(rate, float):
        raise NotSupportedError(
            f"the optimiser {name} has a schedule of learning rates, which is not supported; give it one number"
        )
    # Keras has rounded it to single precision; what was meant is the shortest number that rounds to the same.
    settings = {"learning_rate": float(str(np.float32(rate)))}
    settings |= {key: float(config[key]) for key in _KEPT[name]}
    slots = dict(_slots(model, optimiser)) if optimiser.built else {}
    return OptimiserState(name, settings, int(optimiser.iterations), slots)


def frozen_weights(model: Any) -> tuple[str, ...]:
    """The weights that no training moves, by their quantities' names."""
    return tuple(
        f"{path}.{name}"
        for path, layer in walk(model)
        for name, variable in weights_by_name(layer).items()
        if not variable.trainable
    )


def _slots(model: Any, optimiser: Any) -> Iterator[tuple[str, Array]]:
    """Keras keeps them in the order of the trained weights, and says by the name of which kind they are."""
    trained = {id(variable): index for index, variable in enumerate(model.trainable_variables)}
    names = {
        trained[id(own_variable(variable))]: (path, name, variable)
        for path, layer in walk(model)
        for name, variable in weights_by_name(layer).items()
        if id(own_variable(variable)) in trained
    }
    for kind, symbol in _SLOTS.items():
        kept = [v for v in optimiser.variables if v.path.endswith(f"_{kind}")]
        if len(kept) == len(trained):
            for index, (path, name, variable) in names.items():
                yield f"{path}.{symbol}_{name}", folded(variable, np.asarray(kept[index].numpy(), dtype=np.float64))


_FROM_LOGITS = "_from_logits"


def to_keras_loss(loss: str) -> Any:
    """What `model.compile` is given for an identifier that `read_loss` returns."""
    if not loss.endswith(_FROM_LOGITS):
        return loss
    losses = import_keras().losses
    return getattr(losses, loss.removesuffix(_FROM_LOGITS).title().replace("_", ""))(from_logits=True)


def read_loss(model: Any) -> str | None:
    """Keras's identifier of the loss (`binary_crossentropy`); None if the model has none.

    With `from_logits=True` the identifier ends with `_from_logits`. A loss that is not one of Keras's own with its
    default options, or is weighted, gets words that identify none; where the loss is needed, it is refused with them.
    """
    config = model.get_compile_config() or {}
    loss, weight = (_only(config.get(name)) for name in ("loss", "loss_weights"))
    if loss is None:
        return None
    return identifier_of(loss) + ("" if weight in (None, 1) else f"(loss_weights={weight!r})")


def _only(given: Any) -> Any:
    """What is given for the only output of a model, be it in a list or by the output's name."""
    items = list(given.values()) if isinstance(given, dict) else given
    return items[0] if isinstance(items, list | tuple) and len(items) == 1 else given


def identifier_of(loss: Any) -> str:
    """Keras's identifier of a loss that is given in any of the forms that Keras takes: `mse`, a class, a function."""
    losses = import_keras().losses
    try:
        found = losses.get(loss)
    except (ValueError, TypeError):
        if not (isinstance(loss, dict) and "class_name" in loss):
            return str(loss)
        return str(loss["config"] if loss["class_name"] == "function" else loss["class_name"])  # code of one's own
    if isinstance(found, losses.Loss):
        return _with_options(found)
    name = str(getattr(found, "__name__", ""))
    return name if getattr(losses, name, None) is found else str(loss)


def _with_options(loss: Any) -> str:
    default = type(loss)().get_config()
    changed = {key: value for key, value in loss.get_config().items() if key != "name" and value != default[key]}
    if changed == {"from_logits": True}:
        return str(default["name"]) + _FROM_LOGITS
    if changed:
        return f"{type(loss).__name__}({', '.join(f'{key}={value!r}' for key, value in changed.items())})"
    return str(default["name"])
