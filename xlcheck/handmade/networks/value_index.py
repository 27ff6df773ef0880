"""Look up columns of numbers by value: which of many have these values in every setting."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from xlcheck.arrays import Array

RTOL = 2e-8
"""How closely two ways to compute a function must agree to be the same function: Keras rounds the slope of `leaky_relu`
to single precision, which makes it 1.5e-8 larger."""
_EQUAL = 24
"""Columns with the same value in one setting that are looked at, where hundreds may be 0."""


class ValueIndex:
    """Columns of numbers, sorted by what they hold in the first setting.

    Args:
        parts: the columns in order, each part `(settings, columns)`.
    """

    def __init__(self, parts: Sequence[Array]) -> None:
        self.values = np.concatenate(parts, axis=1) if parts else np.empty((1, 0))
        first = np.where(np.isfinite(self.values[0]), self.values[0], np.inf)
        self._order = np.argsort(first, kind="stable")
        self._sorted = first[self._order]

    def holds(self, value: float) -> bool:
        """Whether some column has this value in the first setting."""
        if not np.isfinite(value):
            return False
        tolerance = RTOL * max(abs(value), 1e-3)
        low, high = np.searchsorted(self._sorted, (value - tolerance, value + tolerance))
        return bool(high > low)

    def hold(self, values: Array) -> NDArray[np.bool_]:
        """For each column of many, `(settings, columns)`, whether some column of the index has these values.

        Of many that have the same value in the first setting, the first ones are looked at.
        """
        first = values[0]
        tolerance = RTOL * np.maximum(np.abs(first), 1e-3)
        with np.errstate(invalid="ignore"):
            low = np.searchsorted(self._sorted, first - tolerance, side="left")
            high = np.searchsorted(self._sorted, first + tolerance, side="right")
        found = np.zeros(len(first), dtype=bool)
        near = np.flatnonzero((high > low) & np.isfinite(values).all(axis=0))
        most = int((high - low)[near].max(initial=0))
        for away in range(min(most, _EQUAL)):
            place = self._order[np.minimum(low[near] + away, high[near] - 1)]
            found[near] |= same(self.values[:, place], values[:, near]).all(axis=0)
        return found

    def equal_to(self, values: Array) -> list[tuple[int, ...]]:
        """For each column of values, `(settings, cells)`, the columns that have these values, in order."""
        first = values[0]
        tolerance = RTOL * np.maximum(np.abs(first), 1e-3)
        with np.errstate(invalid="ignore"):
            low = np.searchsorted(self._sorted, first - tolerance, side="left")
            high = np.searchsorted(self._sorted, first + tolerance, side="right")
        found: list[tuple[int, ...]] = [()] * values.shape[1]
        finite = np.isfinite(values).all(axis=0)
        one = np.flatnonzero((high - low == 1) & finite)
        only = self._order[low[one]]
        equal = same(self.values[:, only], values[:, one]).all(axis=0)
        for cell, number in zip(one[equal].tolist(), only[equal].tolist(), strict=True):
            found[cell] = (number,)
        for cell in np.flatnonzero((high - low > 1) & finite).tolist():
            candidates = self._order[low[cell] : high[cell]]
            near = same(self.values[:, candidates], values[:, cell : cell + 1]).all(axis=0)
            found[cell] = tuple(sorted(candidates[near].tolist()))
        return found


def same(a: Array, b: Array) -> NDArray[np.bool_]:
    """Where two values are equal up to the rounding of two ways to compute them."""
    with np.errstate(invalid="ignore"):
        close: NDArray[np.bool_] = np.abs(a - b) <= RTOL * np.maximum(np.abs(b), 1e-3)
    return close
