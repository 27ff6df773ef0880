"""How far a workbook's value may be from the oracle's, and how a difference is measured."""

from __future__ import annotations

from dataclasses import field, replace

import numpy as np

from xlcheck.arrays import Array
from xlcheck.frozen import dataclass
from xlcheck.verdicts.limits import Patterns, fitting


@dataclass(frozen=True)
class Tolerance:
    """What counts as agreement.

    Attributes:
        atol: largest absolute difference.
        rtol: the same relative to the largest magnitude of the quantity.
        engine: the precision with which the engine hands values back; absolute up to
            magnitude 1, relative above it, since an engine rounds digits.
        patterns: other limits for some quantities.
    """

    atol: float
    rtol: float = 0.0
    engine: float = 0.0
    patterns: Patterns = field(default_factory=dict)

    def of(self, quantity: str) -> Tolerance:
        """What counts as agreement for one quantity."""
        limit = fitting(self.patterns, quantity)
        return self if limit is None else replace(self, atol=limit.atol, rtol=limit.rtol, patterns={})

    def limit(self, scale: float) -> float:
        """Largest difference allowed for a quantity whose largest magnitude is `scale`."""
        return max(self.atol, self.rtol * scale, self.engine * max(1.0, scale))

    def local_limit(self, scale: float) -> float:
        """The same for a value recomputed from values that may be wrong, and then may be large."""
        return max(self.limit(scale), self.atol * scale)


def magnitude(values: Array) -> float:
    """The largest finite magnitude in an array; 0 if there is none."""
    sizes = np.abs(values[np.isfinite(values)])
    return float(sizes.max()) if sizes.size else 0.0


def ulps(difference: float, scale: float) -> float:
    """A difference in units in the last place of numbers as large as `scale`; of 1 if that is 0."""
    return difference / float(np.spacing(scale or 1.0))
