"""Plant one fault in a lesson's workbook, in the loaded engine and in what was read from the file.

The engine recalculates the faulty workbook for real; only the detour over the disk is spared, so
that every cell of every lesson can have its turn. What a workbook shows beside its cells is read once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from unittest.mock import patch

from xlcheck.engines.ironcalc import _load, _Session
from xlcheck.engines.plain import load_or_plain
from xlcheck.formulas.addresses import MAX_COLUMNS, MAX_ROWS, cell_name, column_index, parse_range
from xlcheck.verdicts.generated.check import check_content
from xlcheck.verdicts.generated.second_opinion import _OTHER
from xlcheck.verdicts.report import CheckReport
from xlcheck.workbook.content import Cell, Value, WorkbookContent
from xlcheck.workbook.looks import as_built
from xlcheck.workbook.looks.shown import Shown, read_shown
from xlcheck.workbook.reader import read_workbook

_REFERENCE = re.compile(r"(?<![A-Za-z_.\"])(\$?)([A-Z]{1,3})(\$?)(\d+)(?![\d(A-Za-z_])")

Place = tuple[str, int, int]


@dataclass
class Planted:
    """An engine that opens the workbook with one cell changed."""

    path: Path
    place: Place
    formula: str | None
    value: Value

    name = "ironcalc"
    absolute_tolerance = 0.0
    version = "planted"

    def open(self, path: Path) -> _Session:
        """The workbook with the fault in it."""
        assert path == self.path
        model = load_or_plain(path, _load)
        session = _Session(model, False)
        sheet, row, column = self.place
        if self.formula is not None:
            model.set_user_input(session._index(sheet), row + 1, column + 1, f"={self.formula}")
        elif self.value is not None:
            assert isinstance(self.value, str | float)
            session.set(sheet, row, column, self.value)
        return session


def planted_report(
    content: WorkbookContent, place: Place, formula: str | None, value: Value, **options: object
) -> CheckReport:
    """Check the workbook with one cell holding another formula or a constant."""
    changed = with_cell(content, place, Cell(value, formula))
    return _checked(changed, Planted(content.path, place, formula, value), **options)


def _checked(content: WorkbookContent, engine: Planted, **options: object) -> CheckReport:
    shown = patch.object(as_built, "read_shown", lambda content, hidden: _shown(content.path, hidden))
    with shown, patch.dict(_OTHER, clear=True):  # another engine would open the file, in which nothing is planted
        return check_content(content, engine, **options)  # type: ignore[arg-type]


@cache
def _shown(path: Path, hidden: str) -> Shown:
    """What stands beside the cells of a file, in which nothing was planted."""
    return read_shown(read_workbook(path), hidden)


def poisoned_report(content: WorkbookContent, place: Place) -> CheckReport:
    """Check the workbook with a wrong cached value in one cell."""
    sheet, row, column = place
    cell = content.sheets[sheet].cells[row, column]
    poison: Value = "poison" if isinstance(cell.value, str) else 999.25
    poisoned = with_cell(content, place, replace(cell, value=poison))
    return _checked(poisoned, Planted(content.path, place, None, None))


def with_cell(content: WorkbookContent, place: Place, cell: Cell) -> WorkbookContent:
    """The same workbook with one cell replaced."""
    sheet, row, column = place
    old = content.sheets[sheet]
    sheets = {**content.sheets, sheet: replace(old, cells={**old.cells, (row, column): cell})}
    return replace(content, sheets=sheets)


def shifted(formula: str) -> list[str]:
    """Every formula in which one reference is moved by one row or one column."""
    results = []
    outside_text = re.sub(r'"[^"]*"', lambda m: " " * len(m[0]), formula)
    for match in _REFERENCE.finditer(outside_text):
        fixed_column, letters, fixed_row, number = match.groups()
        row, column = int(number) - 1, column_index(letters)
        for down, right in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            if 0 <= row + down < MAX_ROWS and 0 <= column + right < MAX_COLUMNS:
                text = cell_name(row + down, column + right, fixed_row=bool(fixed_row), fixed_column=bool(fixed_column))
                results.append(formula[: match.start()] + text + formula[match.end() :])
    return results


def roots(report: CheckReport) -> set[Place]:
    """Where the report sees a cell that is wrong in itself."""
    return {place_of(cell.sheet, cell.cell) for cell in report.roots}


def place_of(sheet: str, address: str) -> Place:
    """Worksheet, row and column of an address."""
    area = parse_range(address)
    return sheet, area.top, area.left
