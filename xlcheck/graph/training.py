"""The history of a training: every quantity of every epoch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xlcheck.arrays import Array
from xlcheck.graph.trace import Trace


@dataclass(frozen=True)
class Training:
    """What Keras computed in each epoch.

    Attributes:
        optimiser: its name in small letters.
        settings: its settings, other than Keras's defaults.
        values: by quantity name, with a leading axis of epochs: `(epochs, samples, n)`, weights and what
            belongs to them `(epochs, *shape)`. Weights are those at the start of an epoch, `new_…` those
            at its end.
    """

    optimiser: str
    settings: Mapping[str, float]
    values: Mapping[str, Array]

    @property
    def epochs(self) -> int:
        """How many epochs there are."""
        return len(next(iter(self.values.values())))

    def epoch(self, number: int) -> Trace:
        """One epoch, from 0, as the trace of one step."""
        return Trace("keras float64", {name: values[number] for name, values in self.values.items()})
