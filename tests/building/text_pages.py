"""The sheet of the words in a saved workbook: what stands on it, and other words typed into it."""

from __future__ import annotations

from pathlib import Path

import ironcalc
import openpyxl

from xlcheck.layout.data.text import NAME


class Page:
    """The sheet of the words in a saved workbook, recalculated; columns are found by their headers."""

    def __init__(self, path: Path) -> None:
        self.sheet = openpyxl.load_workbook(path)[NAME]
        self.model = ironcalc.load_from_xlsx(str(path))
        self.model.evaluate()
        names = [properties["name"] for properties in self.model.get_worksheets_properties()]
        self.index = names.index(NAME)

    def header(self, text: str, nth: int = 0) -> tuple[int, int]:
        """Row and column of a header."""
        cells = [cell for row in self.sheet.iter_rows() for cell in row if cell.value == text]
        return cells[nth].row, cells[nth].column

    def below(self, text: str, count: int, nth: int = 0) -> list[object]:
        """The recalculated values below a header."""
        row, column = self.header(text, nth)
        return [self.model.get_cell_value(self.index, row + 1 + k, column) for k in range(count)]


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
