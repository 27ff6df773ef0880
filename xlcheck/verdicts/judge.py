"""The judge: a cell is right, wrong in itself, wrong because of what it reads, or nobody knows.

It reads an *alignment*, a table that sets cells beside the elements of quantities they should hold, and asks two
questions. *Global*: does a cell hold the oracle's value? *Local*: does its value follow from what it reads? One that
does not hold the oracle's value and follows from what it reads is carried; one that does not follow is a root.

The manifest gives an alignment for each range of a generated workbook (`ranges.py`), the search one for the cells of a
hand-made one, and a golden file one in which quantities of a trace take the place of cells. They differ in how they
answer the questions: by the values in the sheet, by what a formula gives for random numbers, by who is computed from
whom. What follows from the answers is decided here.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from xlcheck.arrays import Array
from xlcheck.frozen import dataclass
from xlcheck.verdicts.report import Status

Mask = NDArray[np.bool_]
Codes = NDArray[np.int8]

AGREE, NOT_EVALUATED, CARRIED, ROOT = range(4)
"""Verdicts, from harmless to worst."""

STATUS = (Status.AGREE, Status.NOT_EVALUATED, Status.CARRIED, Status.ROOT)
"""The same in words."""


@dataclass(frozen=True)
class Alignment:
    """Cells beside the elements they should hold: a column for each cell, a row for each setting; or a single cell.

    Attributes:
        agrees: whether it holds the oracle's value, `(settings, cells)`.
        evaluated: whether anybody knows what it holds, like `agrees`, or for all alike.
        sound: whether it holds a formula where one should stand, and the one that was written where only that will
            do; `(cells,)`, or for all alike.
    """

    agrees: Mask | bool
    evaluated: Mask | bool = True
    sound: Mask | bool = True


def judge(alignment: Alignment, follows: Callable[[], Mask | bool]) -> Codes:
    """The verdict on each cell of an alignment, in the shape of `agrees`.

    Args:
        alignment: the cells, and whether they hold what they should.
        follows: whether the value of each follows from what it reads, like `agrees`; asked only if one does not agree.
    """
    agrees = np.asarray(alignment.agrees)
    right = False if agrees.all() else follows()
    known = np.where(agrees, AGREE, np.where(right, CARRIED, ROOT))
    status = np.where(alignment.sound, np.where(alignment.evaluated, known, NOT_EVALUATED), ROOT)
    return status.astype(np.int8)


def verdict(alignment: Alignment, follows: Callable[[], Mask | bool]) -> Status:
    """The verdict on a single cell; see `judge`."""
    return STATUS[int(judge(alignment, follows))]


def close(actual: Array, wanted: Array, limit: float | Array) -> Mask:
    """Whether values are within the limit; NaN never is."""
    with np.errstate(invalid="ignore"):
        return np.less_equal(np.abs(actual - wanted), limit)
