"""Layers as a bindings file or a proposal names them: Keras's class, its options, and the shapes of its weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xlcheck.errors import UsageError
from xlcheck.layers.gate_symbols import GATES
from xlcheck.model.model_spec import LayerSpec, ModelSpec, sequential

_RECURRENT = {"activation": "tanh", "use_bias": True, "return_sequences": False}
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "SimpleRNN": _RECURRENT,
    "LSTM": {**_RECURRENT, "recurrent_activation": "sigmoid"},
    "GRU": {**_RECURRENT, "recurrent_activation": "sigmoid", "reset_after": True},
    "Dense": {"activation": "linear", "use_bias": True},
}
"""The options of each layer that can be written by hand, with Keras's defaults."""


def layer_spec(kind: str, name: str, units: int, features: int, options: Mapping[str, Any]) -> LayerSpec:
    """A layer with its weights' shapes.

    Args:
        kind: Keras's class.
        name: its name.
        units: number of units.
        features: number of numbers it reads at a time.
        options: what differs from Keras's defaults.

    Raises:
        UsageError: the class or an option is not known here.
    """
    require_known(kind, name)
    unknown = set(options) - set(DEFAULTS[kind])
    if unknown:
        known = ", ".join(DEFAULTS[kind])
        raise UsageError(f"layer {name!r}: {kind} has no option {min(unknown)!r}; known are {known}")
    merged = {**DEFAULTS[kind], **options}
    return LayerSpec(kind, name, {"units": units, **merged}, weight_shapes(kind, units, features, merged))


def require_known(kind: str, name: str) -> None:
    """The class is one that can be written by hand.

    Raises:
        UsageError: it is not.
    """
    if kind not in DEFAULTS:
        raise UsageError(f"layer {name!r}: type {kind!r} is not one of {', '.join(DEFAULTS)}; use --model for others")


def weight_shapes(kind: str, units: int, features: int, options: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Shape of each weight, as Keras stores it."""
    columns = units * len(GATES.get(kind, ("y",)))
    shapes: dict[str, tuple[int, ...]] = {"kernel": (features, columns)}
    if kind != "Dense":
        shapes["recurrent_kernel"] = (units, columns)
    if options["use_bias"]:
        shapes["bias"] = (2, columns) if kind == "GRU" and options["reset_after"] else (columns,)
    return shapes


def chain(name: str, timesteps: int, features: int, layers: tuple[LayerSpec, ...], loss: str | None) -> ModelSpec:
    """The layers one after the other; a Dense layer alone reads a vector."""
    shape = (features,) if layers[0].kind == "Dense" else (timesteps, features)
    return sequential(name, shape, layers, loss)
