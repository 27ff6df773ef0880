"""Which cells of a workbook hold a formula, as sorted arrays that whole ranges can be looked up in."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from xlcheck.check.formulas import references
from xlcheck.check.placement import Codes, Mask, contained
from xlcheck.excel.addresses import MAX_COLUMNS, Range
from xlcheck.excel.content import Cell, WorkbookContent
from xlcheck.excel.values import Value

_NONE: Codes = np.array([], dtype=np.int64)


class FormulaCells:
    """The formula cells of a workbook, by worksheet.

    Args:
        content: what stands in the file.
    """

    def __init__(self, content: WorkbookContent) -> None:
        self._content = content
        self._codes: Mapping[str, Codes] = {
            name: np.sort(
                np.fromiter(
                    (r * MAX_COLUMNS + c for (r, c), cell in sheet.cells.items() if cell.formula is not None),
                    dtype=np.int64,
                )
            )
            for name, sheet in content.sheets.items()
        }

    def by_sheet(self) -> list[tuple[str, Codes]]:
        """Each worksheet's name and its formula cells."""
        return list(self._codes.items())

    def on(self, sheet: str) -> Codes:
        """The formula cells of a worksheet, in ascending order."""
        return self._codes.get(sheet, _NONE)

    def holds(self, sheet: str, codes: Codes) -> Mask:
        """For each cell, whether it holds a formula."""
        return contained(codes, self.on(sheet))

    def without_value(self) -> int:
        """How many formula cells have no stored value."""
        return sum(
            cell.formula is not None and cell.value is None
            for sheet in self._content.sheets.values()
            for cell in sheet.cells.values()
        )

    def within(self, area: Range) -> Codes:
        """The formula cells of a range."""
        formulas = self.on(area.sheet)
        rows, columns = np.divmod(formulas, MAX_COLUMNS)
        inside = (rows >= area.top) & (rows < area.top + area.rows)
        inside &= (columns >= area.left) & (columns < area.left + area.columns)
        return formulas[inside]

    def cell(self, sheet: str, code: int) -> Cell | None:
        """What stands in a cell; None if it is empty."""
        found = self._content.sheets.get(sheet)
        return None if found is None else found.cells.get(divmod(int(code), MAX_COLUMNS))

    def stored(self, area: Range) -> list[Value]:
        """What the file stores for each cell of a range, row by row; None for an empty cell."""
        found = self._content.sheets.get(area.sheet)
        cells = {} if found is None else found.cells
        return [None if (cell := cells.get(place)) is None else cell.value for place in area.cells()]

    def text(self, sheet: str, code: int) -> str | None:
        """A cell's formula with `=`, or None."""
        cell = self.cell(sheet, code)
        return None if cell is None or cell.formula is None else f"={cell.formula}"

    def reads(self, sheet: str, code: int) -> list[Range]:
        """The ranges that a cell's formula reads."""
        text = self.text(sheet, code)
        return [] if text is None else references(text, sheet, self._content.names)
