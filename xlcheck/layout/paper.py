"""Pages of paper: a sheet on one page if it can be read there, else on several, cut so that no band and no chart is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, pairwise
from math import ceil

from xlcheck.graph.quantities import Role
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.tables.table import Table
from xlcheck.workbook.plan import Formula, Link
from xlcheck.workbook.styles import MATH, MONO, STYLES

_LONG, _SHORT = 950, 670  # pixels of a sheet of A4 within its margins, as the widest program draws them
_LEAST = 0.6
"""Of its size on the screen: on paper letters of 10 points, as most are, have at least 6."""
_ENOUGH, _STEP = 0.8, 0.01  # the largest scale of several pages, and what it is made smaller by
_MOST = 4  # pages side by side and below each other, of a sheet without headings
_RESULTS = {Role.STATE, Role.OUTPUT}
_LONG_BAND, _PART = 30, 10  # units of a band that need not stand on one page, and of its parts that do
_INTRODUCING = {"heading", "heading_question", "link_heading", "part_heading", "question"}
"""Styles of what nobody wants to read alone at the end of a page."""
_FEW_PARTS = 2  # rows above a softmax that are left on its page
_ROW = 15.0  # points
_LETTER, _LETTERS = 0.44, {MONO: 0.6, MATH: 0.4}  # of a letter's size: how wide it is in the mean, by its font


@dataclass(frozen=True)
class _Way:
    """A way to print a sheet: its first columns, from a row on, on paper that stands upright or lies."""

    sheet: SheetDraft
    columns: int
    portrait: bool
    first: int = 0

    @property
    def _across(self) -> float:
        return (_SHORT if self.portrait else _LONG) / _width(self.sheet, self.columns)

    @property
    def _tall(self) -> int:
        return _LONG if self.portrait else _SHORT

    @property
    def above(self) -> float:
        """The height of the rows that are repeated on each page."""
        return _position(self.sheet, self.sheet.freeze[0]) if self.sheet.freeze else 0.0

    @cached_property
    def _starts(self) -> list[int]:
        return [row for row in self.sheet.starts if row >= self.first]

    @cached_property
    def _positions(self) -> list[float]:
        """Where the parts of the sheet begin, and where the last one ends."""
        return [*(_position(self.sheet, row) for row in self._starts), _end(self.sheet)]

    @property
    def _before(self) -> float:
        """The height of what stands above the first part and is not repeated."""
        return max(0.0, self._positions[0] - _position(self.sheet, self.first) - (0.0 if self.first else self.above))

    @property
    def on_one(self) -> float:
        """The scale on one page."""
        above = self.above if self.first else 0.0
        return min(1.0, self._across, self._tall / (above + _end(self.sheet) - _position(self.sheet, self.first)))

    @cached_property
    def on_several(self) -> float:
        """The scale on several pages: the largest with which these are as few as if all could just be read."""
        tallest = self._before + max((after - first for first, after in pairwise(self._positions)), default=0.0)
        most = min(_ENOUGH, self._across, self._tall / (self.above + tallest))
        if most < _LEAST:
            return most
        fewest = len(self._breaks(_LEAST))
        while len(self._breaks(most)) > fewest:
            most = max(_LEAST, most - _STEP)
        return most

    @property
    def breaks(self) -> list[int]:
        """The rows before which a page ends."""
        return self._breaks(self.on_several)

    def _breaks(self, scale: float) -> list[int]:
        found, room = [], self._tall / scale
        used = self._before
        for row, (first, after) in zip(self._starts, pairwise(self._positions), strict=True):
            if used and self.above + used + after - first > room:
                found.append(row)
                used = 0.0
            used += after - first
        return found


def fit(sheet: SheetDraft) -> None:
    """Choose paper, scale, columns and the ends of pages for a sheet that is filled.

    As a whole on one page, if it can be read there; else without the texts of formulas, which the cells have, and
    without live marks; else its results, if it has steps on the way to them; else on several pages, of which none cuts
    a band, a drawing or a chart. What would be too small for all of these is left to the screen.
    """
    if not sheet.printed or not sheet.cells:
        return
    every = sheet.print_columns or 1 + max(column for _, column in _filled(sheet))
    whole = _ways(sheet, every if sheet.print_columns else _with_texts(sheet, every))
    fewer = every - sheet.left_out
    bare = _ways(sheet, fewer) if sheet.left_out and _with_texts(sheet, fewer) < every else []
    results = [replace(way, first=sheet.results) for way in (*whole, *bare) if sheet.results]
    for ways in (whole, bare, results):
        best = max(ways, key=lambda way: way.on_one, default=None)
        if best is not None and best.on_one >= _LEAST:
            _take(sheet, best, every)
            sheet.one_page = True
            return
    sheet.one_page = False
    held = _introducing(sheet)
    sheet.starts = [row for row in sheet.starts or _headings(sheet) if row - 1 not in held]
    ways = [way for way in results or [*whole, *bare] if sheet.starts and way.on_several >= _LEAST]
    if not ways:
        sheet.printed = any(_side_by_side(sheet, own, every) for own in (whole, results[:2]) if own)
        return
    chosen = min(ways, key=lambda way: (len(way.breaks), -way.columns, -way.on_several))
    _take(sheet, chosen, every)
    sheet.breaks += chosen.breaks
    sheet.print_scale = int(100 * chosen.on_several)
    sheet.print_columns = chosen.columns  # beyond which a long text would begin a page of its own


def _ways(sheet: SheetDraft, columns: int) -> list[_Way]:
    return [_Way(sheet, columns, portrait) for portrait in (False, True)]


def _take(sheet: SheetDraft, way: _Way, every: int) -> None:
    sheet.portrait = way.portrait
    sheet.print_from = way.first
    if way.first or way.columns != every:
        sheet.print_columns = way.columns


def _side_by_side(sheet: SheetDraft, ways: Sequence[_Way], every: int) -> bool:
    """A sheet that cannot be read if it is as wide as a page takes some pages side by side; returns whether it can."""
    first = ways[0]
    width, height = _width(sheet, first.columns), _end(sheet)
    if first.first:
        height -= _position(sheet, first.first) - first.above

    def pages(way: _Way) -> int:
        across, tall = (_SHORT, _LONG) if way.portrait else (_LONG, _SHORT)
        return ceil(width * _LEAST / across) * ceil(height * _LEAST / tall)

    fewest = min(ways, key=pages)
    if pages(fewest) > _MOST:
        return False
    sheet.portrait = fewest.portrait
    sheet.print_scale = int(100 * _LEAST)
    if first.first:
        _take(sheet, fewest, every)
    return True


def _with_texts(sheet: SheetDraft, columns: int) -> int:
    """How many columns the first ones take together with those over which their texts and charts run on."""
    reach, width = _reach(sheet, columns), sum(map(sheet.pixels, range(columns)))
    while width < reach:
        width += sheet.pixels(columns)
        columns += 1
    return columns


def starts(table: Table) -> list[int]:
    """Where a page may begin: the first row of each band of a table, with the heading above it; and in long bands."""
    found, headed = [], False
    for line in table.lines:
        if not headed:
            found.append(table.first_row(0) + line.offset - line.parts)
        if line.parts > _FEW_PARTS:
            found.append(table.first_row(0) + line.offset)
        units = line.members[0].shape[-1] if line.band is not None else 0
        for first, rows in ((line.offset - line.parts, line.parts), (line.offset, units)):
            if rows > _LONG_BAND:
                found += range(table.first_row(0) + first + _PART, table.first_row(0) + first + rows, _PART)
        headed = line.band is None
    return sorted({*found, table.end})


def results(table: Table) -> int:
    """The first row of what a table calculates in the end: of its last group, or else of its last states or outputs."""
    last = next(line for line in reversed(table.lines) if line.band)
    first = last
    for line in reversed(table.lines):
        if line.band is None:
            first = line if last.band and last.band.group else first
            break
        if last.band and not last.band.group and line is not last and line.band.role not in _RESULTS:
            break
        first = line
    return table.first_row(0) + first.offset


def _headings(sheet: SheetDraft) -> list[int]:
    """The rows with headings, of which each may begin a page, and in long tables below them every tenth row."""
    found = sorted(row for (row, column), cell in sheet.cells.items() if column == 0 and cell.style == "heading")
    charts = [range(chart.row, chart.row + 1 + int(chart.height * 0.75 / _ROW)) for chart in sheet.charts]
    for first, after in pairwise([*found, 1 + max(row for row, _ in _filled(sheet))]):
        if after - first > _LONG_BAND:
            tenth = range(first + _PART, after, _PART)
            found += [row for row in tenth if not any(row in rows for rows in charts)]
    return sorted(found)


def _introducing(sheet: SheetDraft) -> set[int]:
    """The rows after which no page may end: headings, and questions whose answers follow."""
    return {row for (row, _), cell in sheet.cells.items() if cell.style in _INTRODUCING}


def _filled(sheet: SheetDraft) -> list[tuple[int, int]]:
    """The last cells of everything that stands on a sheet."""
    areas = [item.area for item in (*sheet.merges, *sheet.blocks, *sheet.spills)]
    return [*sheet.cells, *((a.top + a.rows - 1, a.left + a.columns - 1) for a in areas)]


def _width(sheet: SheetDraft, columns: int) -> float:
    """Of the first columns, in pixels."""
    return sum(map(sheet.pixels, range(columns))) or 1


def _reach(sheet: SheetDraft, columns: int) -> float:
    """How far to the right charts, and texts in the first columns, reach, in pixels."""
    ends = [_width(sheet, chart.column) + chart.width for chart in sheet.charts]
    last: dict[int, int] = {}
    for row, column in _filled(sheet):
        if column < columns:
            last[row] = max(column, last.get(row, 0))
    starts = [1, *accumulate(map(sheet.pixels, range(max(last.values(), default=0))))]  # see `_width`
    for row, column in last.items():
        cell = sheet.cells.get((row, column))
        style = {} if cell is None else STYLES[cell.style]
        if cell is None or style.get("text_wrap") or style.get("align", "left") != "left":
            continue
        shown = cell.content.value if isinstance(cell.content, Formula) else cell.content
        text = shown.text if isinstance(shown, Link) else shown if isinstance(shown, str) else ""
        letter = _LETTERS.get(style["font_name"], _LETTER) * style["font_size"] * 4 / 3
        ends.append(starts[column] + letter * len(text))
    return max(ends, default=0.0)


def _position(sheet: SheetDraft, row: int) -> float:
    """How far below the top a row begins, in pixels; most rows have no height of their own."""
    others = sum(height - _ROW for each, height in sheet.heights.items() if each < row)
    return (_ROW * row + others) * 4 / 3


def _end(sheet: SheetDraft) -> float:
    """How far down everything reaches."""
    charts = [_position(sheet, chart.row) + chart.height for chart in sheet.charts]
    return max([_position(sheet, 1 + max(row for row, _ in _filled(sheet))), *charts])
