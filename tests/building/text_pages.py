"""The sheet of the words in a saved workbook: what stands on it, and other words typed into it."""

from __future__ import annotations

from pathlib import Path

from workbook_parts import typed

from xlcheck.engines import engine
from xlcheck.formulas.addresses import Range
from xlcheck.layout.data.text import NAME
from xlcheck.workbook.reader import read_workbook


class Page:
    """The sheet of the words in a saved workbook, recalculated; columns are found by their headers."""

    def __init__(self, path: Path) -> None:
        self._cells = _cells(path)
        self.session = engine("ironcalc", guarded=False).open(path)
        self.session.recalculate()

    def below(self, text: str, count: int, nth: int = 0) -> list[object]:
        """The recalculated values below a header."""
        row, column = _header(self._cells, text, nth)
        return [value for (value,) in self.session.read(Range(NAME, row + 1, column, count))]


def retyped(path: Path, target: Path, words: list[object]) -> Path:
    """A copy of the workbook with other words in the cells."""
    cells = _cells(path)
    row, column = _header(cells, "type here")
    values = {}
    while cells.get((row + 1, 0)) is not None:
        row += 1
        values[row, column] = words.pop(0) if words else None
    return typed(path, target, NAME, values)


def _cells(path: Path) -> dict[tuple[int, int], object]:
    return {place: cell.value for place, cell in read_workbook(path).sheets[NAME].cells.items()}


def _header(cells: dict[tuple[int, int], object], text: str, nth: int = 0) -> tuple[int, int]:
    """Row and column of a header, from 0."""
    return sorted(place for place, value in cells.items() if value == text)[nth]
