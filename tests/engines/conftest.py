"""A workbook of two cells for the tests of engines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """A function that writes a workbook with one formula in S!B1 and returns its path."""

    def write(name: str, formula: str) -> Path:
        path = tmp_path / name
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("S")
            sheet.write("A1", 1.5)
            sheet.write_formula("B1", f"={formula}", None, 999.25)
        return path

    return write
