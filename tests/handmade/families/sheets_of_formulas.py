"""Worksheets of a few formulas, for tests of what is said of those in line."""

from __future__ import annotations

from pathlib import Path

import openpyxl

Formulas = dict[tuple[int, int], str]
"""Row and column, from 0 → a formula without `=`."""


def saved(folder: Path, formulas: Formulas) -> Path:
    """A workbook with these formulas over numbers in its first eight rows and columns."""
    book = openpyxl.Workbook()
    for row in range(8):
        for column in range(8):
            book.active.cell(row + 1, column + 1, float(row - column))
    for (row, column), text in formulas.items():
        book.active.cell(row + 1, column + 1, f"={text}")
    book.save(folder / "book.xlsx")
    return folder / "book.xlsx"
