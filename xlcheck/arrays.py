"""Arrays of numbers, and what somebody has as an array of NumPy's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Values = Mapping[str, Array]
"""Quantity → its numbers."""


def array_of(source: Any) -> NDArray[Any]:
    """A list, a table of pandas or polars, a tensor, a number; NaN where one is masked, for nobody says what it is.

    Raises:
        TypeError, ValueError: it is no array, since its rows have different lengths, for example.
    """
    if np.ma.is_masked(source):
        return np.ma.asarray(source, dtype=np.float64).filled(np.nan)
    to_numpy = getattr(source, "to_numpy", None)
    return np.asarray(source if to_numpy is None else to_numpy())
