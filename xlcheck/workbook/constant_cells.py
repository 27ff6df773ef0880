"""The cells of a large worksheet without formulas, which nobody reads until somebody asks.

Half a million weights are such a worksheet. What an engine computes does not depend on how we read
them, and the engine hands their values over faster than the file can be parsed.
"""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, Mapping, ValuesView
from functools import cached_property

from xlcheck.workbook.content import Cell

Position = tuple[int, int]


class ConstantCells(Mapping[Position, Cell]):
    """(row, column) → cell.

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
