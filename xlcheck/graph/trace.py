"""A trace: the values of all quantities for a batch of samples, from one named source."""

from __future__ import annotations

from collections.abc import Mapping

from xlcheck.arrays import Array
from xlcheck.frozen import dataclass


@dataclass(frozen=True)
class Trace:
    """Values by quantity name.

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
