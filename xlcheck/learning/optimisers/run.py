"""A training in NumPy: many steps one after another, of which each is given what the one before leaves behind."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from xlcheck.arrays import Array
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.nudges import DELTA, SIZE
from xlcheck.graph.quantities import Graph
from xlcheck.graph.trace import Training
from xlcheck.learning.optimisers import OPTIMISERS
from xlcheck.learning.optimisers.step import LAYER, setting_values
from xlcheck.learning.optimisers.table import EpochGraph, carried


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


def numbers_of(epoch: EpochGraph, training: Training, delta: float = SIZE) -> dict[str, Array]:
    """Each number of each epoch, `(epochs, 1)`: Keras's own, but for what Keras does not keep (α, unused slots)."""
    optimisers = list(OPTIMISERS.values())
    choice = list(OPTIMISERS).index(training.optimiser)
    changed = {name: float(value) for name, value in training.settings.items()}
    settings = setting_values(optimisers, choice, changed)
    given = {f"{LAYER}.{name}": np.array([value]) for name, value in settings.items()}
    given[DELTA] = np.array([delta])
    given |= {q.name: training.values[q.name][0] for q in epoch.whole if q.expr is None and q.name in training.values}
    return epoch.apart(run_epochs(epoch.whole, given, training.epochs)) | epoch.apart(training.values)
