"""Colour scales are taken off some cells of a worksheet: they would cover the colours that these are marked with.

Source of the elements' structure: ECMA-376, part 1, section 18.3.1.18 (conditionalFormatting).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from copy import deepcopy

from lxml import etree

from xlcheck.formulas.addresses import Range, parse_range

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def uncover(sheet: etree._Element, places: Collection[tuple[int, int]]) -> None:
    """Leave marked cells out of the areas of all colour scales; other conditional formats stay as they are.

    Args:
        sheet: the worksheet, which is changed.
        places: (row, column) of each marked cell, from 0.
    """
    for item in sheet.findall(f"{{{_MAIN}}}conditionalFormatting"):
        scales = [rule for rule in item if rule.find(f"{{{_MAIN}}}colorScale") is not None]
        areas: list[Range] = []
        with suppress(ValueError):  # what is no area in Excel's grid covers nothing
            areas = [parse_range(text) for text in item.get("sqref", "").split()]
        covered = [place for place in places if any(area.holds(*place) for area in areas)]
        if not scales or not covered:
            continue
        left = [part for area in areas for part in _without(area, covered)]
        if left:
            own = deepcopy(item)
            own.set("sqref", " ".join(part.a1 for part in left))
            for rule in list(own):
                if rule.find(f"{{{_MAIN}}}colorScale") is None:
                    own.remove(rule)
            item.addnext(own)
        for rule in scales:
            item.remove(rule)
        if not len(item):
            item.getparent().remove(item)  # type: ignore[union-attr]


def _without(area: Range, places: Collection[tuple[int, int]]) -> Iterator[Range]:
    """The rectangles that are left of one when some cells are taken out of it."""
    inside = [place for place in places if area.holds(*place)]
    if not inside:
        yield area
        return
    row, column = min(inside)
    down, right = row - area.top, column - area.left
    if down:
        yield area.part(down, area.columns)
    if right:
        yield from _without(area.part(1, right, down=down), inside)
    if right + 1 < area.columns:
        yield from _without(area.part(1, area.columns - right - 1, down=down, right=right + 1), inside)
    if down + 1 < area.rows:
        yield from _without(area.part(area.rows - down - 1, area.columns, down=down + 1), inside)
