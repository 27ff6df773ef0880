"""Texts that run on over empty cells, or are centred across them: what alignment does, so that no cells are merged.

Merged cells are left for numbers, which do not run on; for paragraphs, which need a width to be wrapped; for frames
that are typed into; and for what is several rows high.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from xlcheck.formulas.addresses import Range
from xlcheck.workbook.plan import Content, Formula, Link, Merge
from xlcheck.workbook.styles import ACROSS, ONE_LINE, STYLES

USUAL = 8.43
_LINE = 1.35  # height of a line for each point of the size
_LETTER = 0.65
"""Pixels of a letter for each point of the size of Arial; in the mean of a text it is 0.6."""


def spread(area: Range, content: Content, style: str) -> list[str | None]:
    """The styles of a row's cells over which a text is spread, None for cells that stay empty; none if it cannot be."""
    own = STYLES[style]
    align, wide = own.get("align", "left"), area.columns
    if area.rows > 1 or not _is_text(content):
        return []
    if align == "center":
        first, middle, last = (style + place for place in ACROSS)
        return [first, *[middle] * (wide - 2), last]
    if own.keys() & {"border", "text_wrap", "top", "bottom"}:
        return []
    if "bg_color" in own:
        return [style] * wide
    empty: list[str | None] = [None] * (wide - 1)
    return [*empty, style] if align == "right" else [style, *empty]


def is_right(style: str) -> bool:
    """Whether a text in this style stands in the last one of several cells."""
    return STYLES[style].get("align") == "right"


def is_line(merge: Merge, widths: Mapping[int, float]) -> bool:
    """Whether a paragraph is so short that it fits on one line, and so may run on; widths of columns are in letters."""
    style = STYLES[merge.style]
    if merge.style + ONE_LINE not in STYLES or style.keys() & {"bg_color", "border"}:
        return False
    return _is_paragraph(merge) and _lines(merge, widths) <= 1


def height_of(merge: Merge, widths: Mapping[int, float]) -> float:
    """The height that a paragraph of several lines needs, in points; 0 for everything else. Widths are in letters."""
    lines = ceil(_lines(merge, widths)) if _is_paragraph(merge) else 0
    return lines * _LINE * STYLES[merge.style]["font_size"] if lines > 1 else 0.0


def _is_paragraph(merge: Merge) -> bool:
    """Whether it is a text in one row that is wrapped."""
    return merge.area.rows == 1 and "text_wrap" in STYLES[merge.style] and isinstance(merge.content, str)


def _lines(merge: Merge, widths: Mapping[int, float]) -> float:
    """How many lines a text fills."""
    columns = range(merge.area.left, merge.area.left + merge.area.columns)
    room = sum(7 * widths.get(column, USUAL) + 5 for column in columns)
    size: float = STYLES[merge.style]["font_size"]
    return len(str(merge.content)) * _LETTER * size / room


def _is_text(content: Content) -> bool:
    return isinstance(content, str | Link) or (isinstance(content, Formula) and isinstance(content.value, str))
