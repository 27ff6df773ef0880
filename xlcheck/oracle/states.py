"""The states from which recurrent layers start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from xlcheck.arrays import Array
from xlcheck.errors import ModelError
from xlcheck.model.keras_import import import_keras
from xlcheck.model.keras_layers import walk

STATES = ("h_init", "c_init")  # in the order of Keras's cells


def states_of(model: Any) -> dict[str, Array]:
    """The states that stateful layers are in, by the names of the quantities that begin with them."""
    return {
        f"{path}.{symbol}": np.asarray(state, dtype=np.float64)
        for path, layer in walk(model)
        if getattr(layer, "stateful", False)
        for symbol, state in zip(STATES, layer.states or (), strict=False)
    }


def start_from(model: Any, states: Mapping[str, ArrayLike], samples: int, dtype: str) -> None:
    """Let the recurrent layers begin with the given states; those without one begin with zeros.

    Args:
        model: the Keras model; its layers are changed.
        states: `(samples, units)` by name: `lstm.h_init`; `lstm#2.h_init` for the second call of a shared layer.
        samples: size of the batch.
        dtype: precision.

    Raises:
        ModelError: a layer has no such state, the state has another shape, or the calls of a shared layer
            would start from different states.
    """
    unused = set(states)
    for path, layer in walk(model):
        sizes = _state_sizes(layer)
        names = [f"{path}.{symbol}" for symbol in STATES[: len(sizes)]]
        found = [name for name in names if name in states]
        if not found:
            continue
        if found != names:
            raise ModelError(f"layer {path!r} starts from {' and '.join(names)}; only {found[0]} is given")
        values = [np.asarray(states[name], dtype=dtype) for name in names]
        for name, value, size in zip(names, values, sizes, strict=True):
            if value.shape != (samples, size):
                raise ModelError(f"{name} has the shape {value.shape}; {(samples, size)} is needed")
        _begin(layer, values, dtype)
        unused -= set(names)
        for name, value in zip(names, values, strict=True):
            again = {other for other in unused if _first_call(other) == name}
            if any(not np.array_equal(np.asarray(states[other], dtype=dtype), value) for other in again):
                raise ModelError(
                    f"layer {path!r} is called several times and must start from the same states each time"
                )
            unused -= again
    if unused:
        raise ModelError(f"the model {model.name!r} has no initial state {min(unused)}")


def _state_sizes(layer: Any) -> list[int]:
    """How long each state of a recurrent layer or cell is; a cell with one says it without a list."""
    sizes = getattr(layer, "state_size", ())
    return [sizes] if isinstance(sizes, int) else list(sizes)


def _begin(layer: Any, values: list[Any], dtype: str) -> None:
    if getattr(layer, "stateful", False):
        for variable, value in zip(layer.states, values, strict=True):
            variable.assign(value)
    else:
        tensors = [import_keras().ops.convert_to_tensor(value, dtype=dtype) for value in values]
        layer.get_initial_state = lambda batch_size=None, tensors=tensors: list(tensors)


def _first_call(name: str) -> str:
    """`lstm.h_init` for `lstm#2.h_init`."""
    layer, _, symbol = name.rpartition(".")
    return ".".join(part.partition("#")[0] for part in layer.split(".")) + "." + symbol
