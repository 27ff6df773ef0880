"""A few small numbers for four small networks: one vector, and a sequence of three."""

from __future__ import annotations

import numpy as np

from xlcheck.chapter.datasets.dataset import Dataset
from xlcheck.model.words import in_order

_ONE = ((1.0, 0.0), (0.5, -1.0))
_MANY = (((1.0, 0.0), (0.0, 1.0), (1.0, 1.0)), ((0.5, -1.0), (1.0, 0.5), (-1.0, 0.0)))
_SAMPLES = ("first example", "second example")


def architectures() -> Dataset:
    """The data of the lesson on architectures: inputs of shapes (2, 2) and (2, 3, 2); no targets."""
    return Dataset(
        name="architectures",
        documents=_SAMPLES,
        words=((), ()),
        vocabulary=in_order((), ()),
        inputs=(np.array(_ONE), np.array(_MANY)),
        targets=None,
        samples=_SAMPLES,
    )
