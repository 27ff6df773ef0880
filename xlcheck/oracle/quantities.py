"""Arrays ↔ quantities: a tensor with a time axis is one quantity for each step, an image one for each row."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from xlcheck.arrays import Array
from xlcheck.errors import OracleError
from xlcheck.graph.quantities import Graph


def spread(graph: Graph, name: str, array: Array) -> dict[str, Array]:
    """Take an array apart as the graph does: `layer.symbol`, or `layer.symbol[t]` for each step.

    Args:
        graph: the quantities.
        name: `layer.symbol`.
        array: `(samples, n)`, or `(samples, timesteps, n)` for a quantity with steps; `(samples, timesteps)`
            for codes, each of which is a quantity; `(samples, rows, columns, channels)` for an image.
    """
    if f"{name}[0]" not in graph:
        return {name: array}
    steps = array.reshape(*array.shape[:2], -1)
    return {f"{name}[{t}]": steps[:, t] for t in range(steps.shape[1])}


def gather(graph: Graph, name: str, values: Mapping[str, Array]) -> Array:
    """Put together what `spread` takes apart."""
    if name in graph:
        return np.asarray(values[name])
    return np.stack([values[q.name] for q in graph if q.band.name == name], axis=1)


def complete(graph: Graph, values: Mapping[str, Array], samples: int) -> dict[str, Array]:
    """The graph's quantities in its order.

    Raises:
        OracleError: one of them is missing, or has another shape than the graph says.
    """
    ordered = {}
    for q in graph:
        if q.name not in values:
            raise OracleError(f"Keras gave no value for {q.name}, so it cannot be checked")
        shape = q.shape if q.is_weight else (samples, *q.shape)
        if values[q.name].shape != shape:
            raise OracleError(f"Keras gave {q.name} the shape {values[q.name].shape}; the equations say {shape}")
        ordered[q.name] = values[q.name]
    return ordered
