"""How wide columns must be for their texts, and for their largest numbers: `###` is shown where one does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import ceil

import numpy as np

from xlcheck.arrays import Array
from xlcheck.grouping import grouped
from xlcheck.workbook.looks.pictures import GENERAL
from xlcheck.workbook.number_formats import digits_shown
from xlcheck.workbook.plan import Block, Formula, Merge, NumberBlock, PlannedCell, Spill
from xlcheck.workbook.styles import STYLES

_FROM = 1e4
"""Smaller numbers fit into the columns in which sheets put their style."""
_FROM_DRAWN = 1e3
_USUAL = 8.43
_BRIEF = 7.2  # letters that −0.1234 needs
_DIGIT, _SIGN, _SPARE = 1.06, 0.6, 0.4  # of Arial's digits and signs, in letters, and what a column has besides
_AROUND = 2.0  # letters: a sign, and the space at the edges


def widened(
    widths: Mapping[int, float], cells: Iterable[PlannedCell], blocks: Iterable[Block], spills: Iterable[Spill]
) -> dict[int, float]:
    """The widths of columns, in letters, those with large numbers as wide as these need.

    Of formulas those count that the sample shows which is chosen at first.
    """
    largest: dict[tuple[int, str, bool], float] = {}  # a format may show negative numbers otherwise
    for column, style, number in _large(cells, blocks, spills):
        key = (column, style, number > 0)
        largest[key] = max(number, largest.get(key, 0.0), key=abs)
    found = dict(widths)
    for (column, style, _), number in largest.items():
        needed = ceil(digits_shown(STYLES[style].get("num_format", GENERAL), number) + _AROUND)
        if needed > found.get(column, _USUAL):
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
    """Whether merged cells, which have the place that a drawing gives them, hold a number too large for decimals."""
    value = merge.content.value if isinstance(merge.content, Formula) else merge.content
    return isinstance(value, int | float) and abs(value) >= _FROM_DRAWN


def _large(
    cells: Iterable[PlannedCell], blocks: Iterable[Block], spills: Iterable[Spill]
) -> Iterator[tuple[int, str, float]]:
    """Column, style and value of numbers that may not fit."""
    for cell in cells:
        value = cell.content.value if isinstance(cell.content, Formula) else cell.content
        if isinstance(value, int | float) and _FROM <= abs(value) < np.inf:
            yield cell.column, cell.style, value
    for item in (*blocks, *spills):
        values = item.values
        if isinstance(values, str) or (values.size and values.min() > -_FROM and values.max() < _FROM):  # as most
            continue
        numbers = values.reshape(item.area.rows, -1) if isinstance(item, NumberBlock) else values.reshape(-1, 1)
        for end in (np.max, np.min):
            extreme = end(numbers, axis=0, initial=0.0, where=np.isfinite(numbers))
            for offset in np.flatnonzero(np.abs(extreme) >= _FROM).tolist():
                yield item.area.left + offset, item.style, float(extreme[offset])
