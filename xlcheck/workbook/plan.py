"""A workbook as plain data: what stands in every cell, before any library writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from xlcheck.arrays import Array
from xlcheck.formulas.addresses import MAX_COLUMNS, Range
from xlcheck.formulas.pattern import Formulas
from xlcheck.texts import say


@dataclass(frozen=True, slots=True)
class Formula:
    """A live formula, without `=`, and its true value, which viewers that do not calculate will show."""

    text: str
    value: float | str


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads to a cell of this workbook."""

    text: str
    target: Range

    @property
    def tip(self) -> str:
        """What shows itself when the pointer rests on it."""
        return say("common.go_to", sheet=self.target.sheet)


class Rich(str):
    """A text with subscripts for which there are no letters: `zf,ₜ` is a z with f,t below it.

    Attributes:
        below: where each subscript begins and ends.
    """

    __slots__ = ("below",)
    below: tuple[tuple[int, int], ...]

    @staticmethod
    def of(text: str) -> str:
        """The text, as a `Rich` one if it has such subscripts."""
        plain, below, end = "", [], 0
        for found in _SUBSCRIPT.finditer(text):
            plain += text[end : found.start()]
            below.append((len(plain), len(plain) + len(found[0])))
            plain += found[0].translate(_LETTERS)
            end = found.end()
        if not below:
            return text
        rich = Rich(plain + text[end:])
        rich.below = tuple(below)
        return rich

    def runs(self) -> Iterator[tuple[str, bool]]:
        """Its pieces, each with whether it is a subscript."""
        end = 0
        for first, last in self.below:
            if first > end:
                yield self[end:first], False
            yield self[first:last], True
            end = last
        if end < len(self):
            yield self[end:], False


_SUBSCRIPT = re.compile("(?<=[az])(?:hh|[a-zᵢₒᵣ]),(?:ₜ|[₀-₉]+)")
_LETTERS = str.maketrans("ᵢₒᵣₜ₀₁₂₃₄₅₆₇₈₉", "iort0123456789")

LOGARITHMIC = "0E+00"
"""How the numbers at a logarithmic axis are written."""

Content = float | str | Formula | Link | None


@dataclass(frozen=True, slots=True)
class PlannedCell:
    """What stands in one cell (row and column from 0), and the name of its style."""

    row: int
    column: int
    content: Content
    style: str = "text"


@dataclass(frozen=True, eq=False)
class NumberBlock:
    """A rectangle of constants, `values` of shape `(rows, columns)`; for areas too large for single cells."""

    area: Range
    values: Array
    style: str


@dataclass(frozen=True, eq=False)
class FormulaBlock:
    """Formulas below each other in one column, with their true values: one for each cell, or one text for all."""

    area: Range
    formulas: Formulas
    values: Array | str
    style: str


Block = NumberBlock | FormulaBlock


@dataclass(frozen=True, eq=False)
class Spill:
    """One formula whose result fills a part of a column, with its true values, `(rows,)`."""

    area: Range
    text: str
    values: Array
    style: str


@dataclass(frozen=True)
class Merge:
    """A rectangle shown as one cell."""

    area: Range
    content: Content
    style: str


@dataclass(frozen=True)
class Series:
    """One line of a chart.

    Attributes:
        name: a text, or the cell that holds it.
        values: the range of its values.
        categories: the range of its categories.
        dashed: drawn so that a line below it can be seen.
        label: on which side of a point its name stands.
    """

    name: str | Range
    values: Range
    categories: Range | None = None
    dashed: bool = False
    label: str = "right"


@dataclass(frozen=True)
class Chart:
    """A line chart over a place on the worksheet; sizes in pixels; `logarithmic` speaks of the vertical axis.

    Without markers the categories are numbers, and stand on their axis where they belong. With `dots` each series is
    one point: its category is its place on the horizontal axis, and its name stands beside it. `shares` are numbers
    that lie between 0 and 1, whatever a reader changes: the vertical axis has no others.
    """

    row: int
    column: int
    title: str
    x_title: str
    y_title: str
    series: tuple[Series, ...]
    width: int = 560
    height: int = 280
    markers: bool = True
    logarithmic: bool = False
    dots: bool = False
    shares: bool = False

    @property
    def is_scatter(self) -> bool:
        """Whether its categories are numbers: of many points these can only be read on an axis of numbers."""
        return self.dots or (not self.markers and all(series.categories is not None for series in self.series))

    @property
    def limits(self) -> dict[str, int]:
        """Where its horizontal axis begins and ends; nothing where that follows from the numbers."""
        categories = self.series[0].categories
        return {"min": 0, "max": categories.size} if self.is_scatter and categories and not self.dots else {}

    @property
    def description(self) -> str:
        """The alternative text: what somebody should know who does not see it."""
        names = [s.name if isinstance(s.name, str) else s.values.a1 for s in self.series]
        kind = "points" if self.dots else "lines" if len(names) > 1 else "line"
        shown = ", ".join(names[:12]) + (say("charts.others") if len(names) > 12 else "")
        what = say(f"charts.{kind}", count=len(names))
        numbers = self.series[0].values
        return say("charts.description", title=self.title, what=what, shown=shown, across=self.x_title, numbers=numbers)


@dataclass(frozen=True)
class DropDown:
    """A cell whose value is chosen from a range or a list of values.

    Numbers belong in a range: in a list Excel reads them with the decimal sign of the reader's country.

    Attributes:
        choices: what can be chosen.
        title: of the note that appears beside the cell.
        others: whether any other value may be typed, too.
    """

    cell: Range
    choices: Range | Sequence[str | int]
    title: str
    message: str
    others: bool = False


@dataclass(frozen=True)
class Highlight:
    """A style for the cells of a range whose text is, or begins with, a given text."""

    area: Range
    begins_with: str
    style: str


@dataclass(frozen=True)
class ColorScale:
    """Colours that follow the numbers of a range.

    Attributes:
        stops: numbers in ascending order, each with the colour that it has; two or three.
    """

    area: Range
    stops: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Note:
    """A note at a cell, which shows itself when the pointer rests there."""

    cell: Range
    text: str


_ROW_PIXELS = 20  # of a row as high as most are


@dataclass(frozen=True)
class PlannedSheet:
    """One worksheet.

    Attributes:
        name: shown on its tab.
        cells: in any order; at most one for each place.
        widths: column → width in characters.
        heights: row → height in points.
        freeze: first row and column that scroll, or None.
        one_page: printed on one page; otherwise fitted to the page's width.
        portrait: printed on paper that stands upright.
        print_columns: how many columns are printed; None for all.
        print_from: the first row that is printed, if that is known of the columns, too.
        printed: whether it belongs to what is printed; Excel prints one cell of a sheet that does not.
        scales: colours that follow numbers.
        notes: notes at cells.
        protected: only cells whose style is not locked can be typed into, and formulas of `_hidden` styles are not
            shown; without a password, so that this is a reminder and no safe.
        breaks: rows before which a printed page ends.
        print_scale: percent at which it is printed; by default as its width asks for.
        hidden: very hidden, so that only a program shows it.
        tab: the style whose tint colours the tab.
        blocks: rectangles of many cells; none of them overlaps another or a cell.
        spills: formulas that fill several cells.
    """

    name: str
    cells: tuple[PlannedCell, ...]
    merges: tuple[Merge, ...] = ()
    widths: Mapping[int, float] = field(default_factory=dict)
    heights: Mapping[int, float] = field(default_factory=dict)
    charts: tuple[Chart, ...] = ()
    drop_downs: tuple[DropDown, ...] = ()
    highlights: tuple[Highlight, ...] = ()
    freeze: tuple[int, int] | None = None
    one_page: bool = False
    portrait: bool = False
    hidden: bool = False
    tab: str | None = None
    blocks: tuple[Block, ...] = ()
    spills: tuple[Spill, ...] = ()
    print_columns: int | None = None
    print_from: int = 0
    printed: bool = True
    scales: tuple[ColorScale, ...] = ()
    notes: tuple[Note, ...] = ()
    protected: bool = False
    breaks: tuple[int, ...] = ()
    print_scale: int = 0

    @property
    def print_area(self) -> Range | None:
        """The cells that are printed; None for all."""
        if not self.printed:
            return Range(self.name, 0, MAX_COLUMNS - 1)  # where nothing ever stands
        if self.print_columns is None:
            return None
        areas = [item.area for item in (*self.blocks, *self.spills, *self.merges)]
        ends = [cell.row + 1 for cell in self.cells] + [area.top + area.rows for area in areas]
        ends += [chart.row + chart.height // _ROW_PIXELS + 1 for chart in self.charts]
        return Range(self.name, self.print_from, 0, max(ends) - self.print_from, self.print_columns)

    @property
    def rows_on_each_page(self) -> int:
        """How many rows from the first on are printed on each page."""
        return self.freeze[0] if self.freeze is not None and self.printed else 0


@dataclass(frozen=True)
class WorkbookPlan:
    """A whole workbook.

    Attributes:
        sheets: in the order of their tabs.
        names: defined names and the ranges they stand for.
        properties: title, subject, comments … as Excel's document properties.
        compared: where the quantities stand of which its manifest speaks, and the cell that selects a sample.
    """

    sheets: tuple[PlannedSheet, ...]
    names: Mapping[str, Range] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    compared: tuple[Range, ...] = ()

    @property
    def cells(self) -> int:
        """Number of cells that hold something."""
        return sum(
            len(sheet.cells) + sum(item.area.size for item in (*sheet.blocks, *sheet.spills)) for sheet in self.sheets
        )
