"""Training once more with what stands in a workbook after somebody has changed it."""

from __future__ import annotations

from collections.abc import Mapping

from xlcheck.graph.nudges import DELTA, NUDGED
from xlcheck.graph.trace import Trace
from xlcheck.learning.optimisers import OPTIMISERS
from xlcheck.learning.optimisers.history import numbers_of, put_together
from xlcheck.learning.optimisers.step import LAYER
from xlcheck.learning.optimisers.table import epoch_graph
from xlcheck.model.model_spec import Array, ModelSpec
from xlcheck.oracle.nudges import record_nudged
from xlcheck.oracle.training import record_training


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
    whole = put_together(epoch, given)
    name, optimiser = list(OPTIMISERS.items())[round(float(whole[f"{LAYER}.choice"][0])) - 1]
    settings = {setting: float(whole[f"{LAYER}.{setting}"][0]) for setting in optimiser.settings}
    delta = float(whole[DELTA][0])
    numbers = numbers_of(epoch, record_training(spec, whole, name, settings, epochs), delta)
    nudged = epoch.apart(record_nudged(spec, whole, delta))
    return Trace("keras float64", numbers | {NUDGED + key: rows for key, rows in nudged.items()})
