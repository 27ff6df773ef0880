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


_WHOLE = 2.0**53
"""Up to which double precision holds every whole number."""


def in_double(array: NDArray[Any]) -> Array:
    """The numbers in double precision, no whole number as another one.

    Raises:
        ValueError: a whole number is too large for that.
    """
    doubles = array.astype(np.float64)
    large = np.abs(doubles) >= _WHOLE if array.dtype.kind in "iuO" else np.zeros(array.shape, bool)
    if any(isinstance(n, int) and n != int(d) for n, d in zip(array[large].tolist(), doubles[large], strict=True)):
        raise ValueError("it holds numbers that float64 cannot hold; round them first")
    return doubles
