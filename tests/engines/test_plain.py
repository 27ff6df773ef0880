"""The plain copy of a workbook holds what was read from it, and engines read it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from xlcheck.engines.plain import load_or_plain, write_plain
from xlcheck.errors import EngineError
from xlcheck.workbook.content import Cell, CellError, NotEvaluated, SheetContent, WorkbookContent
from xlcheck.workbook.reader import read_workbook

CONTENT = WorkbookContent(
    path=Path("original.xlsx"),
    sheets={
        "S": SheetContent(
            "S",
            "visible",
            {
                (0, 0): Cell(0.1 + 0.2),
                (0, 1): Cell(-1e-300),
                (0, 2): Cell(True),
                (0, 3): Cell('a<b & "c" _x0041_ \r é '),
                (0, 4): Cell(CellError("#DIV/0!")),
                (2, 0): Cell(1.0, 'IF(A1<>B1,"x&y",lstm.kernel)'),
                (3, 0): Cell(1.0, "A1:B1*2", "A4:B4"),
                (3, 1): Cell(2.0, "A1:B1*2", "A4:B4"),
                (9, 9): Cell(None, "_xlfn.LET(_xlpm.x,1,_xlpm.x)"),
            },
        ),
        "It's <my> sheet": SheetContent("It's <my> sheet", "hidden", {(0, 0): Cell(5.0)}),
    },
    names={"lstm.kernel": "'It''s <my> sheet'!$A$1", "'It''s <my> sheet'!local": "S!$A$1"},
)


def test_everything_that_calculates_survives(tmp_path: Path) -> None:
    """Constants, formulas, arrays and names are read back as they were, without the cached values."""
    path = tmp_path / "plain.xlsx"
    write_plain(CONTENT, path)
    copy = read_workbook(path)

    assert list(copy.sheets) == list(CONTENT.sheets)
    assert copy.names == CONTENT.names
    for name, sheet in CONTENT.sheets.items():
        desired = {k: Cell(None, c.formula, c.array) if c.formula else c for k, c in sheet.cells.items()}
        assert dict(copy.sheets[name].cells) == desired
    assert openpyxl.load_workbook(path)["S"]["A1"].value == 0.1 + 0.2


def test_a_value_that_was_not_readable_is_an_error_value(tmp_path: Path) -> None:
    """Nothing can be computed from a text that the file lacks."""
    path = tmp_path / "plain.xlsx"
    write_plain(
        WorkbookContent(Path("x"), {"S": SheetContent("S", "visible", {(0, 0): Cell(NotEvaluated("missing"))})}), path
    )

    assert read_workbook(path).sheets["S"].cells[0, 0].value == CellError("#N/A")


def test_the_first_refusal_is_the_one_that_is_told(tmp_path: Path) -> None:
    """Where an engine refuses the copy as well, the error is about the user's file."""
    path = tmp_path / "book.xlsx"
    write_plain(CONTENT, path)

    def refuse(path: Path) -> None:
        raise EngineError(f"cannot read {path}")

    with pytest.raises(EngineError) as caught:
        load_or_plain(path, refuse)

    assert str(caught.value) == f"cannot read {path}"
