"""Formula texts: one spelling for the same formula, and the ranges a formula reads."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.meaning import canonical, same_formula
from xlcheck.formulas.references import References


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
        ("A1*0.10000000000000001", "A1*0.1"),  # LibreOffice keeps 15 digits
        ("A1/7.916248115274785", "A1/7.91624811527479"),  # and rounds what ends with 5 up, whatever follows
        ("A1/7.916248115274785", "A1/7.91624811527478"),
        ("((A1)+(B1*C1))-(-D1)", "A1+B1*C1-(-D1)"),
        ("+A1", "A1"),
        ("SUM(B2:A1)", "SUM(A1:B2)"),
        ("A1:A1", "A1"),
        ("Net!A1+NET!B2:C3", "A1+B2:C3"),
        ("SUM(Net!A1:Net!B2)", "SUM(A1:B2)"),
        ("A1*5%", "A1*0.05"),
        ("1:1", "A1:XFD1"),
        ("Table1[[#This Row],[x]] + 1", "Table1[[#This Row],[x]]+1"),
        ("IF(A1>0, , 1)", "IF(A1>0,,1)"),
        ("(A1:B2) B1:B9", "A1:B2 B1:B9"),
    ],
)
def test_one_formula_has_one_spelling(one: str, other: str) -> None:
    """Case, `$`, spaces, prefixes, quotes and the spelling of numbers do not make another formula."""
    assert same_formula(one, other, "Net")


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
        ("A1+B1", "B1+A1"),
        ("A1-(B1-C1)", "A1-B1-C1"),
        ("A1+(B1+C1)", "A1+B1+C1"),  # floating point adds in another order
        ("-A1^2", "-(A1^2)"),
        ("A1*0.1234567890123456", "A1*0.1234567890123556"),
        ("IF(A1,1,)", "IF(A1,1)"),
        ("'[1]Net'!A1", "A1"),
        ("Net:All!A1", "A1"),
        ("SUM(A1:B2)", "SUM(A1,B2)"),
        ("A1.B1(", "A1.B1"),
    ],
)
def test_different_formulas_stay_different(one: str, other: str) -> None:
    """Another cell, another number, another text or another worksheet is another formula."""
    assert not same_formula(one, other, "Net")


@given(st.text(alphabet="AB12$!:'\"(),+-*/ .eE<>&xyz_", max_size=40))
def test_any_text_has_a_spelling(text: str) -> None:
    """What is no formula at all does not fail either."""
    assert isinstance(canonical(text)[0], str)


def test_references_are_found_on_their_worksheets() -> None:
    """Cells, ranges, other worksheets and defined names; texts and function names are none."""
    names = {"rnn.bias": "Weights!$B$7:$C$7", "formula": "=1+1"}
    found = References(names).of("=LOG10(A1)+'My sheet'!$B$2:C3*RNN.bias&\"D4\"+formula+OFFSET(E5,1,1)", "Net")

    assert found == [
        Range("Net", 0, 0),
        Range("My sheet", 1, 1, 2, 2),
        Range("Weights", 6, 1, 1, 2),
        Range("Net", 4, 4),
    ]


def test_references_outside_the_grid_are_none() -> None:
    """A name that looks like a cell and cannot be one is no reference."""
    assert References({}).of("XFE1+A1048577+A0", "S") == []


def test_a_cell_without_a_formula_has_no_formula_in_common() -> None:
    """No formula is the same as none, and as nothing else."""
    assert same_formula(None, None)
    assert not same_formula(None, "A1")


def test_names_stand_for_what_they_refer_to() -> None:
    """Also a computed name, one that belongs to the worksheet, and one that leads to itself."""
    names = {"Net!w": "$A$1:$A$2", "w": "$B$1", "twice": "2*w", "loop": "loop+$D$4", "both": "All!$A$1,All!$C$3"}
    find = References(names)

    assert find.of("w*twice", "Net") == [Range("Net", 0, 0, 2, 1)] * 2
    assert find.of("w+net!W", "All") == [Range("All", 0, 1), Range("All", 0, 0, 2, 1)]
    assert [find.of("w", sheet)[0].sheet for sheet in ("All", "Net", "All")] == ["All", "Net", "All"]
    assert find.of("loop+both", "Net") == [Range("Net", 3, 3), Range("All", 0, 0), Range("All", 2, 2)]


def test_worksheets_may_be_named_in_other_capitals() -> None:
    """As in every program; what the workbook has not stays as it is written."""
    find = References({"w": "NET!$A$1"}, ["Net", "Größe"])

    assert find.of("net!B2+w+'GRÖSSE'!C3+other!D4", "S") == [
        Range("Net", 1, 1),
        Range("Net", 0, 0),
        Range("Größe", 2, 2),
        Range("other", 3, 3),
    ]


def test_a_reference_elsewhere_is_none_here() -> None:
    """A cell of another file is no range of this one; over several worksheets the ends are found."""
    find = References({})

    assert find.of("[1]Net!A1+'[Book 2.xlsx]Net'!B2", "Net") == []
    assert find.of("SUM(First:Last!A1)+SUM('A a:B b'!C3)", "Net") == [
        Range("First", 0, 0),
        Range("Last", 0, 0),
        Range("A a", 2, 2),
        Range("B b", 2, 2),
    ]
