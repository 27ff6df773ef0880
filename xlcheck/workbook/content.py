"""What stands in a saved workbook: the formulas, constants and cached values; and what a cell can hold."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, Mapping, ValuesView
from dataclasses import field
from functools import cached_property
from pathlib import Path

from xlcheck.frozen import dataclass
from xlcheck.workbook.calculation import CalculationSettings
from xlcheck.workbook.sheet_part import SheetPart


@dataclass(frozen=True, slots=True)
class CellError:
    """An error value such as `#DIV/0!`; a circular reference is `#CIRC!`."""

    code: str


TOO_LARGE = CellError("#NUM!")
"""What a cell shows that has no room for a number; and for the logarithm or the root of a negative one."""


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """A formula that an engine cannot compute, and why; never to be taken for a value."""

    reason: str


Value = float | str | bool | None | CellError | NotEvaluated


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell that is not empty.

    Attributes:
        value: the constant, or the cached value of the formula (None where the file holds none).
        formula: the formula's text without `=`, or None for a constant. Cells of a shared
            formula have their own, translated text; cells of an array formula that are not
            its first have the text of the first.
        array: the range of the array formula this cell belongs to (`B2:B5`), or None.
        style: the number of its style in the file.
        shared: the number of its text among those that the file's cells share, or None.
    """

    value: Value
    formula: str | None = None
    array: str | None = None
    style: int = field(default=0, compare=False)
    shared: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class SheetContent:
    """One worksheet.

    Attributes:
        state: `visible`, `hidden` or `veryHidden`.
        cells: by (row, column) from 0.
        part: where they stand in the file, if that is large.
    """

    name: str
    state: str
    cells: Mapping[tuple[int, int], Cell]
    part: SheetPart | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class WorkbookContent:
    """All worksheets of a file.

    Attributes:
        sheets: in the file's order, by name.
        names: defined names → what they refer to, as the file writes it (`Weights!$B$2:$E$2`).
        external_links: targets of links to other files; never followed.
        creator: who has written the file, as its properties say; empty if they do not.
        notes: what the reader noticed and a report should say (macros present, a part that could not be read).
        calculation: how programs are told to calculate it.
        odd_looks: cells that show another number than they hold, whatever it is, as `Sheet1!B2`.
        has_runs: whether some shared text may consist of pieces that look differently, or have letters above it.
    """

    path: Path
    sheets: Mapping[str, SheetContent]
    names: Mapping[str, str] = field(default_factory=dict)
    external_links: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    creator: str = ""
    calculation: CalculationSettings = field(default_factory=CalculationSettings)
    odd_looks: tuple[str, ...] = ()
    has_runs: bool = True

    def formula_cells(self) -> Iterator[tuple[str, int, int, Cell]]:
        """(sheet, row, column, cell) of every formula cell, sheet by sheet, row by row."""
        for sheet in self.sheets.values():
            for row, column in sorted(sheet.cells):
                cell = sheet.cells[row, column]
                if cell.formula is not None:
                    yield sheet.name, row, column, cell


Position = tuple[int, int]


class ConstantCells(Mapping[Position, Cell]):
    """The cells of a large worksheet without formulas, (row, column) → cell, which nobody reads until somebody asks.

    Half a million weights are such a worksheet. What an engine computes does not depend on how we read them, and the
    engine hands their values over faster than the file can be parsed.

    Args:
        read: reads the cells, or raises a `WorkbookError`.
    """

    def __init__(self, read: Callable[[], Mapping[Position, Cell]]) -> None:
        self._read = read

    @cached_property
    def cells(self) -> Mapping[Position, Cell]:
        """The cells, read at the first question."""
        return self._read()

    def __getitem__(self, position: Position) -> Cell:
        return self.cells[position]

    def __iter__(self) -> Iterator[Position]:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)

    def items(self) -> ItemsView[Position, Cell]:
        """As of any mapping, without looking each cell up."""
        return self.cells.items()

    def values(self) -> ValuesView[Cell]:
        """As of any mapping, without looking each cell up."""
        return self.cells.values()
