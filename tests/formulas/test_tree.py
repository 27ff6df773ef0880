"""Formulas as trees: whatever is written out with all its parentheses is read as what was meant."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st
from thorough import PATIENT

from xlcheck.formulas.addresses import MAX_COLUMNS, MAX_ROWS, Range
from xlcheck.formulas.parser import FormulaSyntaxError, parse
from xlcheck.formulas.tree import (
    Application,
    ArrayLiteral,
    Elsewhere,
    ErrorLiteral,
    FunctionCall,
    Literal,
    Name,
    Node,
    Operator,
    Reference,
    walk,
)
from xlcheck.formulas.unparse import unparse

SHEETS = st.sampled_from(("", "Sheet1", "My sheet", "it's", "Ä.b"))
AREAS = st.builds(Range, SHEETS, *(st.integers(0, 99),) * 2, *(st.integers(1, 3),) * 2)
LOCAL = AREAS.map(lambda area: Reference(replace(area, sheet="")))
LEAVES = st.one_of(
    st.floats(0, 1e6).map(Literal),
    st.text("ab\"' ,)(", max_size=5).map(Literal),
    st.booleans().map(Literal),
    AREAS.map(Reference),
    st.sampled_from(("rate", "_x", "Wxh.1")).map(Name),
)
SIGNS = st.sampled_from(("+", "-", "*", "/", "^", "&", "<=", "<>"))
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Operator, SIGNS, st.tuples(inner, inner)),
        st.builds(Operator, st.sampled_from(("-", "%")), st.tuples(inner)),
        st.builds(FunctionCall, st.sampled_from(("SUM", "LOG10")), st.lists(inner, max_size=3).map(tuple)),
        st.builds(lambda a: Application(FunctionCall("LAMBDA", (Name("v"), a)), (a,)), inner),
    ),
    max_leaves=12,
)


SIMPLE = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Operator, SIGNS, st.tuples(inner, inner)),
        st.builds(Operator, st.sampled_from(("-", "%")), st.tuples(inner)),
        st.builds(Operator, st.just(","), st.tuples(inner, inner)),
        st.builds(
            Operator,
            st.sampled_from((":", " ")),
            st.tuples(st.just(Name("a")), LOCAL),
        ),
        st.builds(FunctionCall, st.sampled_from(("SUM", "LOG10")), st.lists(inner, max_size=3).map(tuple)),
        st.builds(lambda a: Application(FunctionCall("LAMBDA", (Name("v"), a)), (a, Literal(None))), inner),
        st.builds(lambda a, b: FunctionCall("IF", (a, Literal(None), b)), inner, inner),
        st.lists(
            st.sampled_from((Literal(1.5), Literal("x"), Operator("-", (Literal(2.0),)), Literal(True))), min_size=1
        ).map(lambda row: ArrayLiteral((tuple(row),) * 2)),
        st.sampled_from((ErrorLiteral("#N/A"), ErrorLiteral("#REF!"), Elsewhere("T[#All]"), Elsewhere("[2]S!A1"))),
    ),
    max_leaves=12,
)


def written(node: Node) -> str:
    """A tree as text, every operator in parentheses."""
    match node:
        case Literal(str(text)):
            found = '"' + text.replace('"', '""') + '"'
        case Literal(value):
            found = repr(value).upper()
        case Reference(area):
            found = str(area) if area.sheet else area.a1
        case Name(name):
            found = name
        case Operator("%", (operand,)):
            found = f"({written(operand)}%)"
        case Operator(symbol, (operand,)):
            found = f"({symbol}{written(operand)})"
        case Operator(symbol, (a, b)):
            found = f"({written(a)} {symbol} {written(b)})"
        case FunctionCall(name, arguments):
            found = f"_xlfn.{name.lower()}({', '.join(map(written, arguments))})"
        case Application(function, arguments):
            found = f"{written(function)}({', '.join(map(written, arguments))})"
        case _:
            raise TypeError(node)
    return found


@settings(PATIENT)
@given(TREES)
def test_what_is_written_is_read_again(tree: Node) -> None:
    """Printing a tree and parsing the text gives the tree."""
    assert parse("=" + written(tree)) == tree


@settings(PATIENT)
@given(SIMPLE)
def test_a_tree_is_written_so_that_it_is_read_again(tree: Node) -> None:
    """The text with the fewest parentheses means the same tree, and is written once more as it is."""
    text = unparse(tree)

    assert parse(text) == tree
    assert unparse(parse(text)) == text


@pytest.mark.parametrize(
    ("text", "shortest"),
    [
        ("((A1)+(B1*C1))-(D1-E1)", "A1+B1*C1-(D1-E1)"),
        ("-A1^2", "(-A1)^2"),
        ("-(A1^2)", "-(A1^2)"),
        ("_xlfn.XLOOKUP(a1,$B$1:b9,c:$C)", "XLOOKUP(A1,$B$1:B9,C:$C)"),
        ("1/(1+EXP(-(A1)))", "1/(1+EXP(-A1))"),
        ("'Net'!B2:$A1", "Net!$A1:B2"),
        ("(A1%)%", "A1%%"),
    ],
)
def test_a_tree_is_written_with_its_dollar_signs_and_few_parentheses(text: str, shortest: str) -> None:
    """Fixed rows and columns stay fixed; parentheses stay where they matter, or where a reader would be misled."""
    assert unparse(parse(text)) == shortest


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("A:C", Range("", 0, 0, MAX_ROWS, 3)),
        ("S!$C:$A", Range("S", 0, 0, MAX_ROWS, 3)),
        ("$2:3", Range("", 1, 0, 2, MAX_COLUMNS)),
        ("'a b'!7:7", Range("a b", 6, 0, 1, MAX_COLUMNS)),
    ],
)
def test_whole_columns_and_rows(text: str, area: Range) -> None:
    """They are ranges as high or as wide as the grid."""
    assert parse(text) == Reference(area)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("XFE1", Name("XFE1")),
        ("A1048577", Name("A1048577")),
        ("A:XFE", Operator(":", (Name("A"), Name("XFE")))),
        ("A0", Name("A0")),
        ("[1]Sheet!A1", Elsewhere("[1]Sheet!A1")),
        ("'First:Last one'!A1", Elsewhere("'First:Last one'!A1")),
        ("Sales[[#This Row],[A1]]", Elsewhere("Sales[[#This Row],[A1]]")),
        ("A1:C3 B:B", Operator(" ", (Reference(Range("", 0, 0, 3, 3)), Reference(Range("", 0, 1, MAX_ROWS, 1))))),
        ("A1:B2:C3", Reference(Range("", 0, 0, 3, 3))),
        ("C2:D3:E9", Reference(Range("", 1, 2, 8, 3))),
        ("S!B2:S!A1", Reference(Range("S", 0, 0, 2, 2))),
        ("TRUE()", Literal(True)),
    ],
)
def test_what_is_and_is_not_a_range(text: str, tree: Node) -> None:
    """A range lies on one worksheet and inside the grid; what lies outside is a name, elsewhere is not followed."""
    assert parse(text) == tree


def test_a_long_sum_is_no_deep_tree() -> None:
    """As many terms as a formula of Excel can hold are read, walked through and written again."""
    text = "+".join(f"A{n}*2" for n in range(1, 1500))

    assert sum(isinstance(node, Reference) for node in walk(parse(text))) == 1499
    assert unparse(parse(text)) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("A1+*B1", r"the formula =A1\+\*B1 has '\*' where"),
        ("2*(a1", "ends before it is whole"),
        ("A1 2", "has '2' where"),
        ("1 $A$1", "'\\$A\\$1'"),
    ],
)
def test_an_error_names_the_place(text: str, shown: str) -> None:
    """The message quotes the formula and the part that does not belong."""
    with pytest.raises(FormulaSyntaxError, match=shown):
        parse(text)
