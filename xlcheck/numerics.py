"""Functions of numbers, and products of arrays, that give the same on every processor.

NumPy has its own exponential on some processors, with another last digit, and its products of matrices add up in
another order on each: workbooks that hold the results would differ.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from xlcheck.arrays import Array


def by_c(function: Callable[..., float], of_arrays: Callable[..., Array]) -> Callable[..., Array]:
    """A function of numbers by the C library, for arrays.

    Args:
        function: of one number or several.
        of_arrays: the same by NumPy, for what is infinite or no number.
    """

    def of_numbers(*numbers: float) -> float:
        try:
            return function(*numbers)
        except (ValueError, OverflowError):  # where there is none, or none that a float can hold
            return float(of_arrays(*numbers))

    each = np.vectorize(of_numbers, otypes=[np.float64])
    return lambda *arrays: np.asarray(each(*arrays))


exp, log, tanh = by_c(math.exp, np.exp), by_c(math.log, np.log), by_c(math.tanh, np.tanh)
expm1, log1p = by_c(math.expm1, np.expm1), by_c(math.log1p, np.log1p)
power = by_c(math.pow, np.power)


def dot(x: Array, matrix: Array) -> Array:
    """The products of rows and a matrix, each added up from the first to the last, as a formula does.

    Args:
        x: `(..., n)`.
        matrix: `(n, m)`.

    Returns:
        `(..., m)`.
    """
    total = np.zeros((*x.shape[:-1], matrix.shape[1]))
    for number, row in enumerate(matrix):
        total += x[..., number, None] * row
    return total
