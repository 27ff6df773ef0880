"""The largest numbers that cells may show: not only of the sample, the step and the unit that are chosen at first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from xlcheck.layout.draft import Draft
from xlcheck.layout.widening import LARGE
from xlcheck.workbook.views import View

Extremes = dict[tuple[int, int], tuple[float, float]]
"""(row, column) → the smallest and the largest number."""


def largest_shown(draft: Draft) -> Mapping[str, Extremes]:
    """Of each worksheet the cells in which a large number may stand, whatever is chosen; weights stay as they are."""
    found: dict[str, Extremes] = {}
    if all(np.abs(values).max(initial=0.0) < LARGE for values in draft.trace.values.values()):  # as almost always
        return found
    for sheet, place, smallest, largest in _numbers(draft):
        if max(-smallest, largest) >= LARGE:
            found.setdefault(sheet, {})[place] = (smallest, largest)
    return found


def _numbers(draft: Draft) -> Iterator[tuple[str, tuple[int, int], float, float]]:
    """Worksheet, place, and the smallest and largest number of cells that depend on what is chosen."""
    for binding in draft.bindings:
        if binding.sample is None and not draft.graph[binding.quantity].is_weight:
            values = draft.trace[binding.quantity]
            rows = values.reshape(len(values), -1)
            ends = zip(rows.min(axis=0).tolist(), rows.max(axis=0).tolist(), strict=True)
            for place, (smallest, largest) in zip(binding.area.cells(), ends, strict=True):
                yield binding.area.sheet, place, smallest, largest
    for helper in draft.helpers:
        numbers = [number for number in helper.desired if not isinstance(number, str)]
        if numbers:
            yield helper.cell.sheet, (helper.cell.top, helper.cell.left), min(numbers), max(numbers)
    for view in draft.views:
        bound = _bound(draft, view)
        yield view.cell.sheet, (view.cell.top, view.cell.left), -bound, bound


def _bound(draft: Draft, view: View) -> float:
    """What no number of a view exceeds, whatever is chosen."""
    numbers = [abs(number) for row in view.items for number in row if not isinstance(number, str)]
    bound = 1.0
    for factor in view.factors:
        names = [factor.band, f"{factor.band}_init", *(q.name for q in draft.graph.members(factor.band))]
        values = [draft.trace[name] for name in names if name in draft.trace]
        bound *= max(float(np.abs(1 - part if factor.complement else part).max()) for part in values)
    return max([*numbers, bound if view.factors else 0.0])
