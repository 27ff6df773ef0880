"""A trace: the values of all quantities for a batch of samples, from one named source; a training has several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xlcheck.arrays import Array
from xlcheck.frozen import dataclass


@dataclass(frozen=True)
class Trace:
    """Values by quantity name: `trace["lstm.f[1]"]`; its names are what `for name in trace` goes through.

    Attributes:
        source: where they come from: `keras float64`, `keras float32`, `ironcalc 0.9.1`, `numpy float64`.
        values: `(samples, n)` for a sample's quantities, the array itself for weights.
    """

    source: str
    values: Mapping[str, Array]

    def __getitem__(self, name: str) -> Array:
        return self.values[name]

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def __len__(self) -> int:
        return len(self.values)

    def __repr__(self) -> str:
        count = len(self)
        return f"<Trace of {self.source}: {count} {'quantity' if count == 1 else 'quantities'}>"


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
