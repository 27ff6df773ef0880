"""Formula texts: one spelling for the same formula, and the ranges a formula reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.references import normalise, references


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("=SUM(A1:B2)", "sum($A$1:b2)"),
        ("1/(1+EXP(-F5))", " 1 / ( 1 + EXP( -F5 ) )"),
        ("_xlfn._xlws.SORT(A1)", "SORT(A1)"),
        ("_xlfn.LET(_xlpm.x,1,_xlpm.x)", "LET(x, 1, x)"),
        ("ABS(A1)<=1E-12", "ABS(A1)<=0.000000000001"),
        (".5*A1", "0.50*A1"),
        ("'Net'!A1+'My sheet'!B2", "Net!A1+'my sheet'!B2"),
        ("IF(TRUE(),1,2)", "IF(TRUE,1,2)"),
        ("@A1:A3", "A1:A3"),
        ("lstm.kernel*2", "LSTM.kernel*2"),
    ],
)
def test_one_formula_has_one_spelling(one: str, other: str) -> None:
    """Case, `$`, spaces, prefixes, quotes and the spelling of numbers do not make another formula."""
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A1+B1", "A1+B2"),
        ("A1+1", "A1+1.0000001"),
        ('IF(A1,"right","wrong")', 'IF(A1,"Right","wrong")'),
        ('"a b"', '"ab"'),
        ("Net!A1", "All!A1"),
        ("'My sheet'!A1", "'Mysheet'!A1"),
        ("SUM(A1:B2 B1:B9)", "SUM(A1:B2,B1:B9)"),
        ("A1:B2", "A1B2"),
        ("-A1", "A1"),
    ],
)
def test_different_formulas_stay_different(one: str, other: str) -> None:
    """Another cell, another number, another text or another worksheet is another formula."""
    assert normalise(one) != normalise(other)


@given(st.text(alphabet="AB12$!:'\"(),+-*/ .eE<>&xyz_", max_size=40))
def test_any_text_has_a_spelling(text: str) -> None:
    """What is no formula at all does not fail either."""
    assert isinstance(normalise(text), str)


def test_references_are_found_on_their_worksheets() -> None:
    """Cells, ranges, other worksheets and defined names; texts and function names are none."""
    names = {"rnn.bias": "Weights!$B$7:$C$7", "formula": "=1+1"}
    found = references("=LOG10(A1)+'My sheet'!$B$2:C3*RNN.bias&\"D4\"+formula+OFFSET(E5,1,1)", "Net", names)

    assert found == [
        Range("Net", 0, 0),
        Range("My sheet", 1, 1, 2, 2),
        Range("Weights", 6, 1, 1, 2),
        Range("Net", 4, 4),
    ]


def test_references_outside_the_grid_are_none() -> None:
    """A name that looks like a cell and cannot be one is no reference."""
    assert references("XFE1+A1048577+A0", "S", {}) == []
