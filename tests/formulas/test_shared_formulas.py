"""Moving a shared formula: the oracle is openpyxl's translator."""

from __future__ import annotations

import pytest
from openpyxl.formula.translate import Translator

from xlcheck.formulas.shared import SharedFormula

FORMULAS = [
    "A1*2",
    "$A1+A$1+$A$1",
    "SUM(A1:B2)+SUM($A$1:B2)",
    "SUMPRODUCT(B3:D3,Weights!$B$2:$D$2)+'My sheet'!A1",
    "'A1 it''s B2'!C3*2",
    'IF(A1="B2 ""C3""",D4,"x")',
    "LOG10(A1)+ATAN2(A1,B1)+1E5+A1E2",
    "SUM(A:A)+SUM($B:C)+SUM(1:1)+SUM($2:3)",
    "lstm.kernel1*A1+_x1y2",
    "Table1[[#This Row],[A1]]+A1",
    "[1]Sheet1!A1+[2]Sheet1!$A1",
    "_xlfn.LET(_xlpm.a1b,A1,_xlpm.a1b+1)",
    "-A1%^2&B1<>C1",
    "{1,2;3,4}*A1",
]


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("target", ["C3", "C4", "E3", "Z100"])
def test_moves_like_openpyxl(formula: str, target: str) -> None:
    """Relative references move with the cell, fixed ones and everything else stay."""
    area = Translator(f"={formula}", "C3").translate_formula(target).removeprefix("=")
    column, row = ord(target[0]) - 65, int(target[1:]) - 1

    assert SharedFormula(formula, 2, 2).at(row, column) == area


def test_references_wrap_at_the_edge_of_the_grid() -> None:
    """Excel counts on from the other side where a relative reference would leave the grid."""
    assert SharedFormula("A1+B2", 1, 1).at(0, 0) == "XFD1048576+A1"


def test_names_that_only_look_like_references_stay() -> None:
    """What lies outside the grid is a name, and a spilled range's sign belongs to its first cell."""
    assert SharedFormula("XFE1+A1048577+TRUE+A1#", 0, 0).at(1, 1) == "XFE1+A1048577+TRUE+B2#"


def test_the_owner_keeps_its_text() -> None:
    """At its own place the formula is what was written, letter by letter."""
    for formula in FORMULAS:
        assert SharedFormula(formula, 5, 7).at(5, 7) == formula
