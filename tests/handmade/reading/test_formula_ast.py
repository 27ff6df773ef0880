"""Formulas as trees: whatever is written out with all its parentheses is read as what was meant."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from thorough import PATIENT

from xlcheck.formulas.addresses import MAX_COLUMNS, MAX_ROWS, Range
from xlcheck.formulas.tree import (
    Application,
    FormulaSyntaxError,
    FunctionCall,
    Literal,
    Name,
    Node,
    Operator,
    Reference,
    parse,
)

SHEETS = st.sampled_from(("", "Sheet1", "My sheet", "it's", "Ä.b"))
AREAS = st.builds(Range, SHEETS, *(st.integers(0, 99),) * 2, *(st.integers(1, 3),) * 2)
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


@pytest.mark.parametrize("text", ["A:XFE", "0:1", "1:1048577"])
def test_lines_outside_of_the_grid_are_refused(text: str) -> None:
    """As cells are."""
    with pytest.raises(FormulaSyntaxError, match="outside the grid"):
        parse(text)
