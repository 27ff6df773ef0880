"""One-hot vectors as the place of their 1: counted from 1, and 0 for a vector of zeros."""

from __future__ import annotations

import numpy as np

from xlcheck.arrays import Array

LONG = 32
"""Elements from which on a one-hot vector is told by its place, and its product with a matrix is a row of it."""


def is_one_hot(vectors: Array) -> bool:
    """Whether every vector along the last axis has at most a single 1 and zeros elsewhere."""
    ones = vectors == 1
    return bool(((vectors == 0) | ones).all() and (ones.sum(axis=-1) <= 1).all())


def places_of(vectors: Array) -> Array:
    """The place of each vector's 1; the last axis becomes one element."""
    return np.asarray((vectors.argmax(axis=-1) + 1.0) * vectors.any(axis=-1))[..., None]


def vectors_of(places: Array, depth: int) -> Array:
    """The vectors; the last axis of one element becomes `depth`."""
    return np.asarray(places == np.arange(1, depth + 1), dtype=np.float64)
