"""What `read_workbook` finds in files that other programs have written."""

from __future__ import annotations

import math
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.formula import ArrayFormula

from xlcheck.engines.libreoffice import LibreOffice
from xlcheck.workbook.content import Cell, CellError, WorkbookContent
from xlcheck.workbook.reader import read_workbook


def cells(content: WorkbookContent) -> dict[tuple[int, int], Cell]:
    return dict(content.sheets["S"].cells)


class TestOtherProgramsFiles:
    def test_by_xlsxwriter(self, tmp_path: Path) -> None:
        """A file by XlsxWriter: texts, formulas with cached values of all types, arrays, names, hidden sheets."""
        path = tmp_path / "book.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("S")
            book.add_worksheet("Very").very_hidden()
            sheet.write_row(0, 0, ["text", 1.25, True])
            sheet.merge_range("A5:C5", "merged")
            sheet.write_formula("A2", "=B1*2", None, 2.5)
            sheet.write_formula("B2", '=A1&"!"', None, "text!")
            sheet.write_formula("C2", "=1/0", None, "#DIV/0!")
            sheet.write_array_formula("A3:B3", "{=TANH(B1:C1)}", None, 0.5)
            sheet.write_dynamic_array_formula("D3:D4", "=SORT(B1:B2)", None, 0.5)
            book.define_name("lstm.kernel", "=S!$B$1")
        content = read_workbook(path)

        assert content.sheets["Very"].state == "veryHidden"
        assert content.names == {"lstm.kernel": "S!$B$1"}
        assert cells(content) == {
            (0, 0): Cell("text"),
            (0, 1): Cell(1.25),
            (0, 2): Cell(True),
            (1, 0): Cell(2.5, "B1*2"),
            (1, 1): Cell("text!", 'A1&"!"'),
            (1, 2): Cell(CellError("#DIV/0!"), "1/0"),
            (2, 0): Cell(0.5, "TANH(B1:C1)", "A3:B3"),
            (2, 1): Cell(0.0, "TANH(B1:C1)", "A3:B3"),
            (2, 3): Cell(0.5, "_xlfn._xlws.SORT(B1:B2)", "D3:D4"),
            (3, 3): Cell(0.0, "_xlfn._xlws.SORT(B1:B2)", "D3:D4"),
            (4, 0): Cell("merged"),
        }

    def test_by_openpyxl(self, tmp_path: Path) -> None:
        """A file by openpyxl, which stores no cached values, gives the same as openpyxl itself reads."""
        path = tmp_path / "book.xlsx"
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = "S"
        sheet.append(["text", 0.1, True, None, "=B1+1", "=SUM(B1:C1)"])
        sheet["A2"] = ArrayFormula("A2:A3", "=B1:B2*2")
        book.save(path)

        assert cells(read_workbook(path)) == {
            (0, 0): Cell("text"),
            (0, 1): Cell(0.1),
            (0, 2): Cell(True),
            (0, 4): Cell(None, "B1+1"),
            (0, 5): Cell(None, "SUM(B1:C1)"),
            (1, 0): Cell(None, "B1:B2*2", "A2:A3"),
            (2, 0): Cell(None, "B1:B2*2", "A2:A3"),
        }

    @pytest.mark.libreoffice
    def test_by_libreoffice(self, tmp_path: Path) -> None:
        """A file that LibreOffice has saved has the same formulas, names and texts, and its own values."""
        source = tmp_path / "book.xlsx"
        with xlsxwriter.Workbook(source) as book:
            sheet = book.add_worksheet("My sheet")
            sheet.write_row(0, 0, ["text", 0.5, True])
            sheet.write_formula("A2", "=TANH(lstm.kernel)*2", None, 9.0)
            sheet.write_array_formula("A3:A4", "{=B1*{1;2}}", None, 9.0)
            book.define_name("lstm.kernel", "='My sheet'!$B$1")
        folder = tmp_path / "saved"
        folder.mkdir()
        content = read_workbook(LibreOffice().convert(source, folder))

        assert content.names == {"lstm.kernel": "'My sheet'!$B$1"}
        found = content.sheets["My sheet"].cells
        assert [found[0, column].value for column in range(3)] == ["text", 0.5, True]
        assert found[1, 0].formula == "TANH(lstm.kernel)*2"
        assert found[1, 0].value == pytest.approx(2 * math.tanh(0.5), abs=1e-14)
        assert [found[row, 0] for row in (2, 3)] == [Cell(0.5, "B1*{1;2}", "A3:A4"), Cell(1.0, "B1*{1;2}", "A3:A4")]
