"""Nudged runs out of Keras: the forward pass with one number of one weight a little larger or smaller."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from xlcheck.graph.gradients import backward
from xlcheck.graph.nudges import nudges
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import Array, ModelSpec
from xlcheck.oracle.record import retrace


def record_nudged(spec: ModelSpec, given: Mapping[str, Array], delta: float) -> dict[str, Array]:
    """Run a model once for each nudge, in the order of `nudges`.

    Args:
        spec: the model, with a loss.
        given: inputs, targets, initial states and weights, by their names.
        delta: how far a weight is nudged.

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
