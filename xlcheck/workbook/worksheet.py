"""An XlsxWriter worksheet whose numbers keep every bit, and which streams blocks of cells.

XlsxWriter writes constants with 16 digits, which changes 43 % of float64 values in the last
bits; here they have all 17. It does not mark a formula's empty result as a text, so that readers
take it for missing; here it is marked. Blocks never become XlsxWriter's cell objects: their rows
are made when the file is written. Everything else (formats, charts, notes, names) stays
XlsxWriter's.

Private methods of XlsxWriter are used: `_xml_number_element`, `_xml_formula_element`, `_prepare_formula`,
`_write_rows`, `_write_row`, `_write_cell`, `_check_dimensions`, `_get_xf_index`, and the attributes `table` and
`row_info`. The version is pinned, and a test holds the contract.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from io import StringIO
from typing import Any

import numpy as np
from xlsxwriter.worksheet import Worksheet

from xlcheck.errors import WorkbookError
from xlcheck.workbook.block_rows import SingleRow, block_piece, fixed_piece, row_texts
from xlcheck.workbook.plan import Block


class ExactWorksheet(Worksheet):  # type: ignore[misc]
    """A worksheet with exact numbers and blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.fh: Any
        self._blocks: list[tuple[Block, Any]] = []

    def add_block(self, block: Block, style: Any) -> None:
        """Reserve a rectangle for a block, whose cells all have one XlsxWriter format.

        Raises:
            WorkbookError: it does not fit on the worksheet, or holds values that no cell can hold.
        """
        a = block.area
        last = (a.top + a.rows - 1, a.left + a.columns - 1)
        if self._check_dimensions(a.top, a.left) or self._check_dimensions(*last):
            raise WorkbookError(f"{a} lies outside the grid of a worksheet")
        if not isinstance(block.values, str) and not np.isfinite(block.values).all():
            raise WorkbookError(f"{a} would hold an infinity or a value that is not a number; no cell can")
        self._blocks.append((block, style))

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        # Formulas are printed as files store them; XlsxWriter would look for thirty newer functions in each.
        return formula.removeprefix("{").removeprefix("=").removesuffix("}")

    def _xml_number_element(self, number: float, attributes: list[tuple[str, Any]] | None = None) -> None:
        attrs = "".join(f' {key}="{self._escape_attributes(value)}"' for key, value in attributes or ())
        self.fh.write(f"<c{attrs}><v>{float(number)!r}</v></c>")

    def _xml_formula_element(
        self, formula: str, result: float | str, attributes: list[tuple[str, Any]] | None = None
    ) -> None:
        attributes = list(attributes or ())
        if result == "":
            attributes.append(("t", "str"))
        super()._xml_formula_element(formula, result, attributes)

    def _write_rows(self) -> None:
        if not self._blocks:
            super()._write_rows()
            return
        blocks = [(block, block_piece(block, style._get_xf_index())) for block, style in self._blocks]
        rows = sorted({*(row for row, cells in self.table.items() if cells), *self.row_info})
        singles = {row: self._single_row(row) for row in rows}
        try:
            for text in row_texts(blocks, singles):
                self.fh.write(text)
        except BaseException:
            self.fh.close()  # XlsxWriter would leave it open
            raise

    def _single_row(self, row: int) -> SingleRow:
        """A row's opening tag and its cells, as XlsxWriter itself writes them."""
        opening = self._captured(partial(self._write_row, row, None, self.row_info.get(row)))
        cells = self.table.get(row, {})
        return SingleRow(
            opening,
            [
                fixed_piece(column, self._captured(partial(self._write_cell, row, column, cell)))
                for column, cell in cells.items()
            ],
        )

    def _captured(self, write: Callable[[], None]) -> str:
        file = self.fh
        self.fh = text = StringIO()
        try:
            write()
        finally:
            self.fh = file
        return text.getvalue()
