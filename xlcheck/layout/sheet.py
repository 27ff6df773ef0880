"""One worksheet while it is being filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from xlcheck.arrays import Array
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.pattern import Formulas
from xlcheck.layout.spreading import USUAL, height_of, is_line, is_right, spread
from xlcheck.layout.widening import is_wide, widened
from xlcheck.workbook.plan import (
    Block,
    Chart,
    ColorScale,
    Content,
    DropDown,
    FormulaBlock,
    Highlight,
    Merge,
    Note,
    NumberBlock,
    PlannedCell,
    PlannedSheet,
    Rich,
    Spill,
)
from xlcheck.workbook.styles import ONE_LINE, SHORT, STYLES, WIDE


@dataclass
class SheetDraft:
    """One worksheet being filled; see `PlannedSheet` for the fields.

    Attributes:
        questions: where questions stand, if not under everything else.
        starts: the rows with which a page may begin, if one page is too small for what is to be read.
        results: the row from which on it shows what is calculated in the end, and not on the way.
        shown: the smallest and the largest number of cells in which large ones may stand, whatever is chosen.
        left_out: how many of its last columns it can be printed without: texts of formulas, or live marks.
    """

    name: str
    tab: str | None = None
    hidden: bool = False
    cells: dict[tuple[int, int], PlannedCell] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    charts: list[Chart] = field(default_factory=list)
    drop_downs: list[DropDown] = field(default_factory=list)
    highlights: list[Highlight] = field(default_factory=list)
    freeze: tuple[int, int] | None = None
    one_page: bool = False
    starts: list[int] = field(default_factory=list)
    results: int = 0
    left_out: int = 0
    shown: Mapping[tuple[int, int], tuple[float, float]] = field(default_factory=dict)
    portrait: bool = False
    print_columns: int | None = None
    print_from: int = 0
    questions: tuple[int, int] | None = None
    printed: bool = True
    scales: list[ColorScale] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    protected: bool = False
    blocks: list[Block] = field(default_factory=list)
    spills: list[Spill] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    print_scale: int = 0

    def put(self, row: int, column: int, content: Content, style: str = "text") -> Range:
        """Fill one cell.

        Raises:
            ValueError: something stands there already.
        """
        if (row, column) in self.cells:
            raise ValueError(f"{self.at(row, column)} is filled twice")
        text = Rich.of(content) if isinstance(content, str) else content
        self.cells[row, column] = PlannedCell(row, column, text, style)
        return self.at(row, column)

    def put_row(self, row: int, column: int, contents: Sequence[Content], style: str) -> None:
        """Fill cells from left to right."""
        for offset, content in enumerate(contents):
            self.put(row, column + offset, content, style)

    def merge(self, area: Range, content: Content, style: str, *, exact: bool = False) -> None:
        """Show a rectangle as one cell; the cells are merged only where no alignment of a text does the same.

        An `exact` one is always merged: it must not move in programs that cannot centre a text across cells.
        """
        text = Rich.of(content) if isinstance(content, str) else content
        styles = [style] if area.size == 1 else [] if exact else spread(area, text, style)
        if not styles:
            self.merges.append(Merge(area, text, style))
            return
        place = len(styles) - 1 if is_right(style) else 0
        for offset, own in enumerate(styles):
            if own is not None:
                self.put(area.top, area.left + offset, text if offset == place else None, own)

    def numbers(self, row: int, column: int, values: Array, style: str) -> Range:
        """Fill a rectangle with constants; `values` is a matrix."""
        area = self.at(row, column, *values.shape)
        self.blocks.append(NumberBlock(area, values, style))
        return area

    def formulas(self, row: int, column: int, formulas: Formulas, values: Array | str, rows: int, style: str) -> Range:
        """Fill a part of a column with formulas; `values` has one value for each cell, or one text for all."""
        area = self.at(row, column, rows)
        self.blocks.append(FormulaBlock(area, formulas, values, style))
        return area

    def spill(self, row: int, column: int, text: str, values: Array, style: str) -> Range:
        """Fill a part of a column with one formula; `values` has one value for each cell."""
        area = self.at(row, column, len(values))
        self.spills.append(Spill(area, text, values, style))
        return area

    def pixels(self, column: int) -> int:
        """How wide a column is, as its width in letters asks for."""
        return int(7 * self.widths.get(column, USUAL) + 5)

    def at(self, row: int, column: int, rows: int = 1, columns: int = 1) -> Range:
        """A range of this worksheet."""
        return Range(self.name, row, column, rows, columns)

    def settle(self) -> None:
        """Make columns as wide as their largest numbers need, and rows as high as their paragraphs."""
        self.widths = widened(self.widths, self.cells.values(), self.blocks, self.spills, self.shown)
        for merge in self.merges:
            if needed := height_of(merge, self.widths):
                self.heights[merge.area.top] = max(needed, self.heights.get(merge.area.top, 0.0))

    def finish(self, *, short: bool = False) -> PlannedSheet:
        """The finished worksheet; with `short` its numbers have no more digits than they need."""
        if short:
            self.cells = {key: _short(cell) for key, cell in self.cells.items()}
            self.blocks = list(map(_short, self.blocks))
        for merge in [merge for merge in self.merges if is_line(merge, self.widths)]:
            self.merges.remove(merge)
            self.put(merge.area.top, merge.area.left, merge.content, merge.style + ONE_LINE)
        wide = any(is_wide(merge) or (merge.area.top, merge.area.left) in self.shown for merge in self.merges)
        if short or wide:
            self.merges = [_short(merge, WIDE if wide else SHORT) for merge in self.merges]
        own = {item.name: _frozen(getattr(self, item.name)) for item in fields(PlannedSheet)}
        return PlannedSheet(**(own | {"cells": tuple(self.cells[key] for key in sorted(self.cells))}))


def _frozen(value: Any) -> Any:
    """What nobody changes any more."""
    return tuple(value) if isinstance(value, list) else dict(value) if isinstance(value, dict) else value


_Styled = TypeVar("_Styled", PlannedCell, Merge, NumberBlock | FormulaBlock)


def _short(item: _Styled, end: str = SHORT) -> _Styled:
    """With the style's twin for numbers of few digits, or for others, if it has one."""
    style = item.style + end
    return replace(item, style=style) if style in STYLES else item
