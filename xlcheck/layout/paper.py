"""Pages of paper: a layer on one if it can be read there, else cut so that no band and no chart is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.table import Table

_WIDTH, _HEIGHT = 950, 670  # pixels of a sheet of A4 across, as the widest program draws them
_UPRIGHT, _UPRIGHT_BARE = 0.37, 0.255
"""The scales from which on a tall layer is printed on one page that stands upright: whole; without its formulas."""
_QUESTIONS = 130  # pixels under the table and the chart
_SMALLEST = 30  # percent; what is smaller cannot be read
_FEW_PARTS = 2  # rows above a softmax that are left on its page
_ROW, _COLUMN = 15.0, 8.43  # points, letters


def cut(sheet: SheetDraft, table: Table, repeated: int) -> None:
    """Choose paper and scale for the sheet of a layer, and the rows before which its pages end.

    Args:
        sheet: the sheet, filled.
        table: what stands on it.
        repeated: rows that stand above each page.
    """
    if table.blocks > 1:
        return
    width = sum(int(7 * sheet.widths.get(column, _COLUMN) + 5) for column in range(table.columns))
    scale = min(100, 100 * _WIDTH // width)
    charts = max((chart.height for chart in sheet.charts if chart.row >= table.end), default=0)
    tall = _height(sheet, range(table.end)) + charts + _QUESTIONS
    bare = width - int(7 * sheet.widths[table.columns - 1] + 5)
    for columns, across, least in ((None, width, _UPRIGHT), (table.columns - 1, bare, _UPRIGHT_BARE)):
        if min(_HEIGHT / across, _WIDTH / tall) >= least:
            sheet.portrait = sheet.one_page = True
            sheet.print_columns = columns
            return
    starts = _starts(table)
    heights = [_height(sheet, range(first, after)) for first, after in pairwise(starts)]
    if charts:
        heights.append(charts + 20)
    above = _height(sheet, range(repeated))
    scale = min(scale, int(100 * _HEIGHT / (above + max(heights))))
    if scale < _SMALLEST:
        return
    room = 100 * _HEIGHT / scale - above
    used = 0.0
    for first, height in zip(starts, heights, strict=False):
        if used and used + height > room:
            sheet.breaks.append(first)
            used = 0.0
        used += height
    sheet.print_scale = scale


def _starts(table: Table) -> Sequence[int]:
    """The first row of each band, with the heading above it; and the row after the table."""
    starts, headed = [], False
    for line in table.lines:
        if not headed:
            starts.append(table.first_row(0) + line.offset - line.parts)
        if line.parts > _FEW_PARTS:
            starts.append(table.first_row(0) + line.offset)
        headed = line.band is None
    return [*starts, table.end]


def _height(sheet: SheetDraft, rows: range) -> float:
    """Of some rows, in pixels."""
    return sum(sheet.heights.get(row, _ROW) for row in rows) * 4 / 3
