"""A training as the table of epochs needs it: every number of every epoch by its own name."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from xlcheck.graph.evaluate import Array
from xlcheck.graph.nudges import DELTA, SIZE
from xlcheck.graph.scalars import indices, scalar_name
from xlcheck.graph.training import Training
from xlcheck.learning.optimisers import OPTIMISERS
from xlcheck.learning.optimisers.run import run_epochs
from xlcheck.learning.optimisers.step import LAYER, setting_values
from xlcheck.learning.optimisers.table import EpochGraph


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


def put_together(epoch: EpochGraph, numbers: Mapping[str, Array]) -> dict[str, Array]:
    """What an epoch is given, as vectors and matrices, from its single numbers `(1, 1)`."""
    whole = {}
    for q in epoch.whole:
        if q.expr is not None:
            continue
        samples = [None] if q.is_weight else range(epoch.samples)
        rows = [[float(numbers[scalar_name(q, i, k)][0, 0]) for i in indices(q)] for k in samples]
        shape = q.shape if q.is_weight else (epoch.samples, *q.shape)
        whole[q.name] = np.array(rows).reshape(shape)
    return whole
