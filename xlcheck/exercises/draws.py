"""Each student's own numbers, from HMAC-SHA256(secret, student): the same on every machine, and nobody can guess them.

No generator of NumPy is asked, whose numbers may change between its versions.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from xlcheck.arrays import Array

Kind = Literal["real", "whole", "one_hot"]

_LEAST, _MOST = 0.6, 1.4  # of what the numbers of a student are multiplied by
_SHRINKING = 0.98
_BITS = 53  # of a float64
_DIGITS = 4


@dataclass(frozen=True)
class Variation:
    """How a quantity differs from student to student.

    Attributes:
        kind: `real`: each number is multiplied by another factor and rounded to four digits, so that cells show it
            whole; a zero becomes a number. `whole`: a whole number from `low` to `high`; a zero below that, with which
            texts are filled up, stays. `one_hot`: the 1 moves.
        low: see there; of a real number's zeros the smallest magnitude.
        high: see there; of a real number's zeros the largest magnitude; with 0 they stay zeros.
        personal: whether it also differs from student to student, where they have numbers of their own.
    """

    kind: Kind
    low: float = 0.0
    high: float = 0.0
    personal: bool = True


def drawn(
    given: Mapping[str, Array], variations: Mapping[str, Variation], secret: str, student: str, attempt: int = 0
) -> dict[str, Array]:
    """A student's numbers.

    Args:
        given: the numbers that everybody is given.
        variations: what differs, by quantity name.
        secret: known to the teacher only.
        student: the student's id.
        attempt: 0, or more if the draws before were of no use; each makes real numbers a little smaller, as large ones
            saturate gates.

    Returns:
        Weights, inputs and what else is given, by quantity name.
    """
    seed = hmac.new(secret.encode(), f"{student}\n{attempt}".encode(), hashlib.sha256).digest()
    return {
        name: _varied(value, variations[name], _uniform(seed, name, value.size), _SHRINKING**attempt)
        if name in variations
        else value
        for name, value in given.items()
    }


def personal(variations: Mapping[str, Variation]) -> dict[str, Variation]:
    """What differs from student to student."""
    return {name: variation for name, variation in variations.items() if variation.personal}


def _uniform(seed: bytes, name: str, count: int) -> Array:
    """Two numbers from 0 to below 1 for each element, `(2, count)`."""
    stream = hashlib.shake_256(seed + name.encode()).digest(16 * count)
    whole = np.frombuffer(stream, dtype="<u8") >> np.uint64(64 - _BITS)
    uniform: Array = whole.astype(np.float64).reshape(2, count) / 2**_BITS
    return uniform


def _varied(value: Array, variation: Variation, uniform: Array, size: float) -> Array:
    first, second = (row.reshape(value.shape) for row in uniform)
    match variation.kind:
        case "whole":
            whole: Array = np.floor(variation.low + first * (variation.high - variation.low + 1))
            return np.where((value == 0) & (variation.low > 0), 0.0, whole)
        case "one_hot":
            moved: Array = np.zeros_like(value)
            places = np.floor(first[..., :1] * value.shape[-1]).astype(np.int64)
            np.put_along_axis(moved, places, 1.0, axis=-1)
            return moved
        case "real":
            sign = np.where(second < 0.5, -1.0, 1.0)
            fresh = sign * (variation.low + first * (variation.high - variation.low))
            factor = _LEAST + first * (_MOST - _LEAST)
            return _rounded(size * np.where(value == 0, fresh, value * factor))


def _rounded(values: Array) -> Array:
    """To four significant digits, at most so many decimals as cells show of weights."""
    return np.array([float(f"{number:.{_DIGITS}g}") for number in values.reshape(-1)]).reshape(values.shape)
