"""Pages of paper: a sheet on one page if it can be read there, else on several, cut so that no band and no chart is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import ceil

from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.table import Table
from xlcheck.workbook.plan import Formula

_LONG, _SHORT = 950, 670  # pixels of a sheet of A4 within its margins, as the widest program draws them
_LEAST = 0.45
"""Of its size on the screen: what is smaller, letters of less than 4.5 points, goes onto several pages."""
_GOOD = 0.6
"""Below it the texts of formulas are left out if that makes the rest larger; their cells have them."""
_MUCH = 0.4  # below which a sheet without headings is rather printed on pages side by side
_GAIN = 1.1
_SMALLEST = 0.3  # below which a sheet is as wide as its page, however small that is
_MOST = 8  # pages of a sheet that is too wide for one and has no bands
_FEW_PARTS = 2  # rows above a softmax that are left on its page
_ROW, _COLUMN = 15.0, 8.43  # points, letters
_LETTER = 7.0  # pixels


@dataclass(frozen=True)
class _Pages:
    """A way to print a sheet: its first columns, on paper that stands upright or lies."""

    sheet: SheetDraft
    columns: int
    portrait: bool

    @property
    def _across(self) -> float:
        return (_SHORT if self.portrait else _LONG) / _width(self.sheet, self.columns)

    @property
    def _tall(self) -> int:
        return _LONG if self.portrait else _SHORT

    @property
    def on_one(self) -> float:
        """The scale on one page."""
        return min(1.0, self._across, self._tall / _end(self.sheet))

    @cached_property
    def scale(self) -> float:
        """The scale on several pages: the widest part and the tallest one have room."""
        parts = pairwise(_positions(self.sheet))
        tallest = max((after - first for first, after in parts), default=0.0)
        return min(1.0, self._across, self._tall / (_above(self.sheet) + tallest))

    @cached_property
    def breaks(self) -> list[int]:
        """The rows before which a page ends."""
        found, above = [], _above(self.sheet)
        room = self._tall / self.scale
        used = 0.0
        for row, (first, after) in zip(self.sheet.starts, pairwise(_positions(self.sheet)), strict=True):
            if used and above + used + after - first > room:
                found.append(row)
                used = 0.0
            used += after - first
        return found


def fit(sheet: SheetDraft) -> None:
    """Choose paper, scale, columns and the ends of pages for a sheet that is filled."""
    if not sheet.printed or sheet.print_columns is not None or not sheet.cells:
        return
    every = 1 + max(column for _, column in _filled(sheet))
    ways = [_Pages(sheet, every, portrait) for portrait in (False, True)]
    chosen = max(ways, key=lambda way: way.on_one)
    if not sheet.one_page and chosen.on_one < _GOOD:
        sheet.starts = sheet.starts or _headings(sheet)
        if not _on_several(sheet, [way for way in ways if sheet.starts and way.scale >= _LEAST], every):
            _as_wide_as_it_is(sheet, ways[0])
        return
    sheet.one_page = True
    if sheet.shows_formulas and _reach(sheet) <= _width(sheet, every - 1):
        ways += [_Pages(sheet, every - 1, portrait) for portrait in (False, True)]
    bare = max(ways, key=lambda way: way.on_one)
    if chosen.on_one < _GOOD and bare.on_one > _GAIN * chosen.on_one:
        chosen = bare
    if sheet.starts and chosen.on_one < _LEAST:
        _on_several(sheet, [way for way in ways if way.scale >= _LEAST] or ways, every)
    else:
        _take(sheet, chosen, every)


def _on_several(sheet: SheetDraft, ways: Sequence[_Pages], every: int) -> bool:
    """As few pages as can be, or one more if they can be read better; with formulas if they can be read well.

    Returns:
        Whether there is a way.
    """
    if not ways:
        return False
    full, bare = (max((way.scale for way in ways if (way.columns == every) == own), default=0) for own in (True, False))
    if bare <= _GAIN * full:
        ways = [way for way in ways if way.columns == every]
    fewest = min(len(way.breaks) for way in ways)
    chosen = min(
        ways,
        key=lambda way: (len(way.breaks) > fewest + 1, -min(way.scale, _GOOD), -way.columns, len(way.breaks)),
    )
    _take(sheet, chosen, every)
    sheet.one_page = False
    if chosen.scale >= _SMALLEST:
        sheet.breaks += chosen.breaks
        sheet.print_scale = int(100 * chosen.scale)
        sheet.print_columns = chosen.columns  # beyond which a long text would begin a page of its own
    return True


def _take(sheet: SheetDraft, way: _Pages, every: int) -> None:
    sheet.portrait = way.portrait
    sheet.print_columns = None if way.columns == every else way.columns


def _as_wide_as_it_is(sheet: SheetDraft, way: _Pages) -> None:
    """A sheet that cannot be read if it is as wide as a page goes onto some pages side by side."""
    width, height = _width(sheet, way.columns), _end(sheet)
    if _LONG / width < _MUCH and ceil(width * _LEAST / _LONG) * ceil(height * _LEAST / _SHORT) <= _MOST:
        sheet.print_scale = int(100 * _LEAST)


def starts(table: Table) -> list[int]:
    """The first row of each band of a table, with the heading above it: where a page may begin."""
    found, headed = [], False
    for line in table.lines:
        if not headed:
            found.append(table.first_row(0) + line.offset - line.parts)
        if line.parts > _FEW_PARTS:
            found.append(table.first_row(0) + line.offset)
        headed = line.band is None
    return [*found, table.end]


def _headings(sheet: SheetDraft) -> list[int]:
    """The rows with headings, of which each may begin a page."""
    return sorted(row for (row, column), cell in sheet.cells.items() if column == 0 and cell.style == "heading")


def _filled(sheet: SheetDraft) -> list[tuple[int, int]]:
    """The last cells of everything that stands on a sheet."""
    areas = [item.area for item in (*sheet.merges, *sheet.blocks, *sheet.spills)]
    return [*sheet.cells, *((a.top + a.rows - 1, a.left + a.columns - 1) for a in areas)]


def _width(sheet: SheetDraft, columns: int) -> float:
    """Of the first columns, in pixels."""
    return sum(int(7 * sheet.widths.get(column, _COLUMN) + 5) for column in range(columns)) or 1


def _reach(sheet: SheetDraft) -> float:
    """How far to the right charts and the texts above the table reach, in pixels."""
    ends = [_width(sheet, chart.column) + chart.width for chart in sheet.charts]
    for (row, column), cell in sheet.cells.items():
        shown = cell.content.value if isinstance(cell.content, Formula) else cell.content
        if row < sheet.starts[0] - 2 and isinstance(shown, str):
            ends.append(_width(sheet, column) + _LETTER * len(shown))
    return max(ends, default=0.0)


def _position(sheet: SheetDraft, row: int) -> float:
    """How far below the top a row begins, in pixels."""
    return sum(sheet.heights.get(each, _ROW) for each in range(row)) * 4 / 3


def _positions(sheet: SheetDraft) -> list[float]:
    """Where the parts of a sheet begin, and where the last one ends."""
    return [*(_position(sheet, row) for row in sheet.starts), _end(sheet)]


def _above(sheet: SheetDraft) -> float:
    """The height of the rows that are repeated on each page."""
    return _position(sheet, sheet.freeze[0]) if sheet.freeze else 0.0


def _end(sheet: SheetDraft) -> float:
    """How far down everything reaches."""
    charts = [_position(sheet, chart.row) + chart.height for chart in sheet.charts]
    return max([_position(sheet, 1 + max(row for row, _ in _filled(sheet))), *charts])
