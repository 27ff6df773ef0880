"""Cells as whole numbers, and sets of them: row times columns of the grid, plus column; few ranges that cover them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from xlcheck.formulas.addresses import MAX_COLUMNS, Range, cell_name
from xlcheck.grouping import grouped

Codes = NDArray[np.int64]
Mask = NDArray[np.bool_]


def code_at(row: int, column: int) -> int:
    """The code of a cell."""
    return row * MAX_COLUMNS + column


def codes_at(rows: Codes | int, columns: Codes | int) -> Codes:
    """The codes of cells of which the rows, the columns or both are given one by one."""
    return np.asarray(rows * MAX_COLUMNS + columns, dtype=np.int64)


def code_of(area: Range) -> int:
    """The code of a range's first cell."""
    return code_at(area.top, area.left)


def position(code: int) -> tuple[int, int]:
    """(row, column) of a code."""
    return divmod(int(code), MAX_COLUMNS)


def address(code: int) -> str:
    """A1 notation of a code."""
    return cell_name(*position(code))


def positions(codes: Codes) -> tuple[Codes, Codes]:
    """The rows and the columns of codes."""
    rows, columns = np.divmod(codes, MAX_COLUMNS)
    return rows, columns


def within(codes: Codes, area: Range) -> Mask:
    """For each code, whether its cell lies in a range (of the same worksheet)."""
    rows, columns = positions(codes)
    down = (rows >= area.top) & (rows < area.top + area.rows)
    return np.logical_and(down, (columns >= area.left) & (columns < area.left + area.columns))


def inside(ascending: Codes, area: Range) -> Codes:
    """Those of ascending codes that lie in a range; only those in its rows are looked at."""
    first = ascending.searchsorted(code_of(area))
    last = ascending.searchsorted(code_at(area.top + area.rows - 1, area.left + area.columns - 1), "right")
    codes = ascending[first:last]
    return codes if area.rows == 1 else codes[within(codes, area)]


def first_gap(area: Range, ascending: Codes) -> int | None:
    """The first cell of a range that is none of some in it, in ascending order; None if these are all."""
    if ascending.size == area.size:
        return None
    rows, columns = np.divmod(np.arange(ascending.size + 1), area.columns)  # the range itself may be whole columns
    codes = codes_at(area.top + rows, area.left + columns)
    return int(codes[np.append(codes[:-1] != ascending, True).argmax()])


def codes_of(area: Range) -> Codes:
    """The codes of all cells of a range, row by row."""
    if area.size == 1:  # as most of thousands are
        return np.array([code_of(area)], dtype=np.int64)
    rows = np.arange(area.top, area.top + area.rows, dtype=np.int64)
    columns = np.arange(area.left, area.left + area.columns, dtype=np.int64)
    return codes_at(rows[:, None], columns).reshape(-1)


def union(parts: Sequence[Codes]) -> Codes:
    """All codes of several arrays, each once, in ascending order."""
    # np.unique hashes, which takes ten times as long as sorting what is nearly in order.
    codes = np.sort(np.concatenate(parts), kind="stable") if parts else np.array([], dtype=np.int64)
    return codes[np.concatenate([[True], codes[1:] != codes[:-1]])] if codes.size else codes


def by_sheet(parts: Iterable[tuple[str, Codes]]) -> dict[str, Codes]:
    """The union of the codes of each worksheet."""
    return {sheet: union(own) for sheet, own in grouped(parts).items()}


def contained(codes: Codes, ascending: Codes) -> Mask:
    """For each code, whether it is one of those in ascending order."""
    if not ascending.size:
        return np.zeros(codes.shape, dtype=bool)
    at = np.minimum(np.searchsorted(ascending, codes), ascending.size - 1)
    return np.equal(ascending[at], codes)


Positions = NDArray[np.intp]


def rectangles(addresses: Sequence[tuple[str, int, int]]) -> list[tuple[Range, Positions]]:
    """Full rectangles of cells (worksheet, row, column; in this order) and their numbers in the list, row by row."""
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
