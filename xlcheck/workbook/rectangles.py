"""Cover single cells with as few ranges as a reader, or an engine, needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from xlcheck.formulas.addresses import Range

Positions = NDArray[np.intp]


def rectangles(addresses: Sequence[tuple[str, int, int]]) -> list[tuple[Range, Positions]]:
    """Full rectangles of cells and their numbers in the list, row by row.

    Args:
        addresses: worksheet, row and column of each cell, in this order.
    """
    runs: dict[tuple[str, int, int], list[tuple[int, int]]] = {}
    for first, last in _runs(addresses):
        sheet, row, left = addresses[first]
        runs.setdefault((sheet, left, last - first + 1), []).append((row, first))
    found = []
    for (sheet, left, width), rows in runs.items():
        for block in _consecutive(rows):
            positions = np.concatenate([np.arange(first, first + width) for _, first in block])
            found.append((Range(sheet, block[0][0], left, len(block), width), positions))
    return found


def _runs(addresses: Sequence[tuple[str, int, int]]) -> Iterator[tuple[int, int]]:
    """First and last position of each run of cells side by side in one row."""
    start = 0
    for i in range(1, len(addresses) + 1):
        if i < len(addresses):
            sheet, row, column = addresses[i]
            if addresses[i - 1] == (sheet, row, column - 1):
                continue
        yield start, i - 1
        start = i


def _consecutive(rows: Iterable[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    block: list[tuple[int, int]] = []
    for row, first in rows:
        if block and block[-1][0] != row - 1:
            yield block
            block = []
        block.append((row, first))
    if block:
        yield block
