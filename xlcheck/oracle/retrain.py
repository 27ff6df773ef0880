"""Training once more with what stands in a workbook after somebody has changed it, and its nudged runs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from xlcheck.arrays import Array
from xlcheck.graph.gradients import backward
from xlcheck.graph.nudges import DELTA, NUDGED, nudges
from xlcheck.graph.trace import Trace
from xlcheck.learning.forward import forward_graph
from xlcheck.learning.optimisers import OPTIMISERS
from xlcheck.learning.optimisers.run import numbers_of
from xlcheck.learning.optimisers.step import LAYER
from xlcheck.learning.optimisers.table import epoch_graph
from xlcheck.model.model_spec import ModelSpec
from xlcheck.oracle.record import retrace
from xlcheck.oracle.training import record_training


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
