"""Many steps one after another in NumPy: what a step leaves behind is given to the next."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from xlcheck.graph.evaluate import Array, evaluate
from xlcheck.graph.quantities import Graph
from xlcheck.learning.optimisers.step import BEFORE, LAYER, NEW


def run_epochs(graph: Graph, given: Mapping[str, Array], epochs: int) -> dict[str, Array]:
    """Train, all samples being one batch.

    Args:
        graph: forward pass, gradients and one step, as `add_step` gives it.
        given: inputs, targets, initial states, weights to start from, and the optimiser's settings.
        epochs: how many steps.

    Returns:
        Every quantity with a leading axis of epochs.
    """
    current = {q.name: given[q.name] if q.name in given else np.zeros(q.shape) for q in graph if q.expr is None}
    history: dict[str, list[Array]] = {q.name: [] for q in graph}
    handed_over = carried(graph)
    for epoch in range(epochs):
        current[f"{LAYER}.iteration"] = np.array([epoch + 1.0])
        values = evaluate(graph, current)
        for name, value in values.items():
            history[name].append(value)
        for after, before in handed_over.items():
            current[before] = values[after]
    return {name: np.stack(values) for name, values in history.items()}


def carried(graph: Graph) -> dict[str, str]:
    """What a step computes → where the next step is given it: new weights, and slots."""
    found = {}
    for q in graph:
        layer, symbol = q.band.layer, q.band.symbol
        if q.expr is None and symbol.endswith(BEFORE):
            found[q.name.removesuffix(BEFORE)] = q.name
        elif symbol.startswith(NEW) and q.is_weight:
            found[q.name] = f"{layer}.{symbol.removeprefix(NEW)}"
    return found
