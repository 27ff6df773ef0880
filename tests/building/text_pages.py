"""The sheet of the words in a saved workbook: what stands on it, and other words typed into it."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from xlcheck.engines import engine
from xlcheck.formulas.addresses import Range
from xlcheck.layout.data.text import NAME


class Page:
    """The sheet of the words in a saved workbook, recalculated; columns are found by their headers."""

    def __init__(self, path: Path) -> None:
        self.sheet = openpyxl.load_workbook(path)[NAME]
        self.session = engine("ironcalc", guarded=False).open(path)
        self.session.recalculate()

    def header(self, text: str, nth: int = 0) -> tuple[int, int]:
        """Row and column of a header."""
        cells = [cell for row in self.sheet.iter_rows() for cell in row if cell.value == text]
        return cells[nth].row, cells[nth].column

    def below(self, text: str, count: int, nth: int = 0) -> list[object]:
        """The recalculated values below a header."""
        row, column = self.header(text, nth)
        return [value for (value,) in self.session.read(Range(NAME, row, column - 1, count))]


def retyped(path: Path, target: Path, words: list[object]) -> Path:
    """A copy of the workbook with other words in the cells."""
    row, column = Page(path).header("type here")
    workbook = openpyxl.load_workbook(path)
    sheet = workbook[NAME]
    while sheet.cell(row + 1, 1).value is not None:
        row += 1
        sheet.cell(row, column).value = words.pop(0) if words else None
    workbook.save(target)
    return target
