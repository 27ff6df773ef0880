"""A look-up of words that somebody has typed over is right; that they are others, a note says."""

from __future__ import annotations

from pathlib import Path

import pytest

from xlcheck.formulas.addresses import parse_range
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.helpers import shows_other_words
from xlcheck.workbook.bindings import Helper
from xlcheck.workbook.content import Cell, CellError, SheetContent, Value, WorkbookContent

LOOK_UP = "INDEX($B$1:$B$2,C1)"


@pytest.mark.parametrize(
    ("values", "formula", "of", "expected"),
    [
        (("cat", "second"), LOOK_UP, None, True),
        (("first", "second"), LOOK_UP, None, False),  # nothing is other
        ((1.0, "second"), LOOK_UP, None, False),
        ((CellError("#REF!"), "second"), LOOK_UP, None, False),
        (("cat", "second"), LOOK_UP, "1+1", False),  # what computes the words may be wrong
        (("✗", "second"), 'IF(B1="cat","✗","✓")', None, False),
    ],
)
def test_only_typed_words_may_be_others(
    values: tuple[Value, ...], formula: str, of: str | None, expected: bool
) -> None:
    """A number, an error, a verdict, or a word that a formula makes follows from something that may be wrong."""
    cells = {(0, 0): Cell("first", formula), (0, 1): Cell("cat", of), (1, 1): Cell("second"), (0, 2): Cell(1.0)}
    formulas = FormulaCells(WorkbookContent(Path("a.xlsx"), {"S": SheetContent("S", "visible", cells)}))
    helper = Helper(parse_range("S!A1"), formula, ("first", "second"))

    assert shows_other_words(helper, values, formulas) is expected
