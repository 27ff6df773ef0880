"""Which cells a criterion of SUMIF, SUMIFS, AVERAGEIF or AVERAGEIFS takes: equal to something, or above or below it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from xlcheck.formulas.scalars import Argument, Array, OpaqueError, Scalar, Words, single, two_dimensional

_WILD = frozenset("*?~")
_COMPARED: Final[dict[str, Callable[[float, float], bool]]] = {
    "<=": operator.le, ">=": operator.ge, "<>": operator.ne, "<": operator.lt, ">": operator.gt, "=": operator.eq,
}  # fmt: skip
"""What a criterion may begin with, those of two signs first."""


def taken(values: Argument, pairs: Sequence[Argument], number_of: Callable[[Scalar], float]) -> list[Scalar]:
    """The cells of a range of which all criteria take those in the same place of their ranges.

    Args:
        values: the range.
        pairs: a range and its criterion, in turn.
        number_of: what a scalar is as a number in the saved workbook.

    Raises:
        OpaqueError: the ranges have different shapes, or a criterion has wildcards or asks for blank cells.
    """
    array = two_dimensional(values)
    holds = np.ones(array.shape, dtype=bool)
    for asked, criterion in zip(pairs[::2], pairs[1::2], strict=True):
        own = two_dimensional(asked)
        if own.shape != array.shape:
            raise OpaqueError("the ranges of a conditional sum have different shapes")
        holds &= _meets(own, single(criterion), number_of)
    return list(array[holds])


def _meets(cells: Array, criterion: Scalar, number_of: Callable[[Scalar], float]) -> NDArray[np.bool_]:
    if criterion is None or isinstance(criterion, bool | Words):
        raise OpaqueError("a criterion that is blank, logical or one of two texts is not followed")
    symbol, wanted = "=", criterion
    if isinstance(criterion, str):
        begins = next(filter(criterion.startswith, _COMPARED), "")
        symbol, asked = begins or "=", criterion.removeprefix(begins)
        if not asked or not _WILD.isdisjoint(asked):
            raise OpaqueError("a criterion with wildcards, or for blank cells, is not followed")
        try:
            wanted = float(asked)
        except ValueError:
            if symbol not in {"=", "<>"}:
                raise OpaqueError("a criterion that compares texts is not followed") from None
            wanted = asked.casefold()

    def meets(cell: Scalar) -> bool:
        if isinstance(cell, Words):
            raise OpaqueError("a criterion that takes one of two texts is not followed")
        if isinstance(wanted, str):
            return (isinstance(cell, str) and cell.casefold() == wanted) == (symbol == "=")
        if cell is None or isinstance(cell, str | bool):
            return symbol == "<>"
        return _COMPARED[symbol](number_of(cell), number_of(wanted))

    return np.array([meets(cell) for cell in cells.reshape(-1)], dtype=bool).reshape(cells.shape)
