"""How wide columns must be for their texts, and for their largest numbers: `###` is shown where one does not fit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from math import ceil

import numpy as np

from xlcheck.arrays import Array
from xlcheck.grouping import grouped
from xlcheck.workbook.looks.pictures import GENERAL
from xlcheck.workbook.number_formats import digits_shown
from xlcheck.workbook.plan import Block, Formula, Merge, NumberBlock, PlannedCell, Spill
from xlcheck.workbook.styles import STYLES

LARGE = 1e3
"""Smaller numbers fit into the columns in which sheets put their style, and into the boxes of drawings."""
_LARGER = 1e4
"""From here on numbers get all the space at the edges; smaller ones may do with less in columns that are narrow."""
_USUAL = 8.43
_BRIEF = 7.2  # letters that −0.1234 needs
_DIGIT, _SIGN, _SPARE = 1.06, 0.6, 0.4  # of Arial's digits and signs, in letters, and what a column has besides
_AROUND = 2.0  # letters: a sign, and the space at the edges
_HALF = 0.5  # of a letter, which a sign needs at least


def widened(
    widths: Mapping[int, float],
    cells: Collection[PlannedCell],
    blocks: Collection[Block],
    spills: Collection[Spill],
    shown: Mapping[tuple[int, int], tuple[float, float]],
) -> dict[int, float]:
    """The widths of columns, in letters, those with large numbers as wide as these need.

    Args:
        widths: of columns with usual numbers.
        cells: what stands in the columns, as blocks and spills do.
        blocks: see there.
        spills: see there.
        shown: as in `SheetDraft`.
    """
    largest: dict[tuple[int, str, bool], float] = {}  # a format may show negative numbers otherwise
    for column, style, number in (*_large(cells, blocks, spills), *_chosen(cells, blocks, spills, shown)):
        key = (column, style, number > 0)
        largest[key] = max(number, largest.get(key, 0.0), key=abs)
    found = dict(widths)
    for (column, style, _), number in largest.items():
        digits = digits_shown(STYLES[style].get("num_format", GENERAL), number)
        needed, room = ceil(digits + _AROUND), found.get(column, _USUAL)
        if (needed if abs(number) >= _LARGER else digits + _HALF * (number < 0)) > room:
            found[column] = needed
    return found


def brief_width(styled: Iterable[tuple[str, Array]]) -> float:
    """The width of narrow columns, in letters, in which the largest of all numbers fits; each array has its style."""
    found = grouped((STYLES[style].get("num_format", GENERAL), values.reshape(-1)) for style, values in styled)
    widths = [
        _DIGIT * digits_shown(code, number) + _SIGN * (number < 0)
        for code, parts in found.items()
        for number in _extremes(parts if ";" in code else [np.concatenate(parts)])
    ]
    return max(_BRIEF, max(widths, default=0.0) - _SPARE)


def _extremes(parts: Iterable[Array]) -> Iterator[float]:
    """The smallest and the largest number of each array, of which a format of several parts may show less."""
    return (float(number) for values in parts for number in (values.min(), values.max()))


def equation_width(equations: Iterable[str]) -> float:
    """The width of a column of equations, in letters, so that none is cut; links stand above them."""
    return max(24.0, ceil(0.8 * max(map(len, equations), default=0)) + 1.0)


def formula_width(texts: Iterable[object]) -> float:
    """The width of a column of texts of formulas, in letters; only very long ones are cut by the edge of the page."""
    return float(min(max((len(text) + 3 for text in texts if isinstance(text, str)), default=0), 62))


def is_wide(merge: Merge) -> bool:
    """Whether merged cells hold a number too large for decimals."""
    value = merge.content.value if isinstance(merge.content, Formula) else merge.content
    return isinstance(value, int | float) and abs(value) >= LARGE


def _chosen(
    cells: Iterable[PlannedCell],
    blocks: Iterable[Block],
    spills: Iterable[Spill],
    shown: Mapping[tuple[int, int], tuple[float, float]],
) -> Iterator[tuple[int, str, float]]:
    """Column, style and value of large numbers that cells may show once others are chosen."""
    if not shown:
        return
    styles = {(cell.row, cell.column): cell.style for cell in cells}
    columns = grouped((item.area.left + k, item) for item in (*blocks, *spills) for k in range(item.area.columns))
    for (row, column), numbers in shown.items():
        found = (item.style for item in columns.get(column, ()) if item.area.holds(row, column))
        style = styles.get((row, column)) or next(found, None)
        if style is not None:  # merged cells have none
            yield from ((column, style, number) for number in numbers)


def _large(
    cells: Iterable[PlannedCell], blocks: Iterable[Block], spills: Iterable[Spill]
) -> Iterator[tuple[int, str, float]]:
    """Column, style and value of numbers that may not fit."""
    for cell in cells:
        value = cell.content.value if isinstance(cell.content, Formula) else cell.content
        if isinstance(value, int | float) and LARGE <= abs(value) < np.inf:
            yield cell.column, cell.style, value
    for item in (*blocks, *spills):
        values = item.values
        if isinstance(values, str) or (values.size and values.min() > -LARGE and values.max() < LARGE):  # as most
            continue
        numbers = values.reshape(item.area.rows, -1) if isinstance(item, NumberBlock) else values.reshape(-1, 1)
        for end in (np.max, np.min):
            extreme = end(numbers, axis=0, initial=0.0, where=np.isfinite(numbers))
            for offset in np.flatnonzero(np.abs(extreme) >= LARGE).tolist():
                yield item.area.left + offset, item.style, float(extreme[offset])
