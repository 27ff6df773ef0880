"""What formulas mean, against what an engine computes: the same number for every notation that learners use."""

from __future__ import annotations

import openpyxl
import pytest
from term_values import value_of_term

from xlcheck.engines import engine
from xlcheck.formulas.algebra import Algebra, Term
from xlcheck.formulas.parser import MAX_DEPTH, FormulaSyntaxError, parse
from xlcheck.formulas.tree import Operator
from xlcheck.handmade.reading.cell_terms import CellTerms
from xlcheck.handmade.reading.cells import CellTable, CellValues
from xlcheck.workbook.reader import read_workbook

NUMBERS = {"A1": 0.7, "A2": -0.3, "A3": 1.9, "B1": 0.25, "B2": 2.0, "B3": -1.1, "C1": 3.0, "C2": 0.5, "C3": -0.6}
FORMULAS = [
    "-2^2", "2^-1", "-A1^2", "50%*A1", "A1-A2-A3", "A1/B1/C1", "2^3^2", "(A1+A2)*B1", "1/(1+EXP(-A1))",
    "(EXP(A1)-EXP(-A1))/(EXP(A1)+EXP(-A1))", "(EXP(2*A1)-1)/(EXP(2*A1)+1)", "TANH(A1*B1+A2*B2+$C$1)",
    "SUMPRODUCT(A1:A3,B1:B3)", "SUMPRODUCT(A1:A3*B1:B3)", "SUM(A1:A3)/COUNT(A1:A3)", "AVERAGE(A1:C2)",
    "SUM(A:A)", "SUM(1:1)", "SUMSQ(A1:B2)", "PRODUCT(A1:A3)", "POWER(A1,2)", "MAX(A1:A3,0)", "MIN(A1:A3)",
    "IF(A1>0,A1,0)", "IF(A2>0,1,IF(B1=0.25,A3,7))", "ABS(A2)", "LN(C1)", "SQRT(B2)", "SIGN(A2)*A1",
    "INDEX(A1:C3,2,3)", "INDEX(A1:A3,3)*B1", "MATCH(2,B1:B3,0)", "VLOOKUP(0.7,A1:C3,3,FALSE)",
    "CHOOSE(2,A1,A2,A3)", "ROWS(A1:C2)*COLUMNS(A1:C2)", "MMULT(A1:C1,B1:B3)", "SUM(TRANSPOSE(A1:A3))",
    "IFERROR(A1/B1,0)", "AND(A1>0,B1>0)*1", "OR(A2>0,B3>0)*1", "MOD(C1,2)", "PI()*A1", "1E-3*A1", ".5*A1",
    "A1*-1", "--A1", "+A1", "(1&\"a\"=\"1a\")*A1", "ROUND(A1,0)*0+A2", "LET(x,A1,y,x*x,y+x)",
    "SUM(A1:A3>0)+A1", "SUMPRODUCT(A1:A3>0,B1:B3)", "SUMPRODUCT((A1:A3>0)*B1:B3)", "SUMPRODUCT(B1:B3,D1:D3)",
    "(A2^2)^0.5", "(A2*B3)^0.5", "SUM(A1:A3*{1;2;3})", "SUM({0.5,1.5}*A1:B1)",
]  # fmt: skip


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> tuple[CellTable, CellValues]:
    """A worksheet with the numbers, and with every formula in column H."""
    path = tmp_path_factory.mktemp("values") / "book.xlsx"
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for cell, number in NUMBERS.items():
        sheet[cell] = number
    for row, formula in enumerate(FORMULAS, start=11):
        text = formula.replace("LET(x,A1,y,x*x,y+x)", "_xlfn.LET(_xlpm.x,A1,_xlpm.y,_xlpm.x*_xlpm.x,_xlpm.y+_xlpm.x)")
        sheet[f"H{row}"] = f"={text}"
    workbook.save(path)
    table = CellTable(read_workbook(path))
    return table, table.recalculate(engine("ironcalc").open(path))


@pytest.mark.parametrize("row", range(len(FORMULAS)), ids=FORMULAS)
def test_a_formula_means_what_the_engine_computes(row: int, book: tuple[CellTable, CellValues]) -> None:
    """The term of a formula has the value that the engine gives; what is not followed is opaque, never wrong."""
    table, values = book
    cell = ("Sheet", 10 + row, 7)
    computed = values[table.index[cell]]
    meaning = value_of_term(table.texts[cell], cell, table, values)

    assert isinstance(computed, float | bool)
    assert meaning == pytest.approx(float(computed), rel=1e-12)


@pytest.mark.parametrize(
    ("formula", "cells"),
    [
        ("SUM(A1:INDEX(A1:A3,2))", ["A1", "A2"]),
        ("SUM(B1:INDEX(A1:C1,3))", ["B1", "C1"]),
        ("SUM(A2:INDEX(A1:C3,3,2))", ["A2", "A3", "B2", "B3"]),
        ("SUM(A1:INDEX(A1:C3,2,2,1))", ["A1", "A2", "B1", "B2"]),
    ],
)
def test_a_range_may_end_where_a_formula_says(
    formula: str, cells: list[str], book: tuple[CellTable, CellValues]
) -> None:
    """INDEX is a cell where a range needs one, as in Excel; IronCalc does not know that."""
    table, values = book

    assert value_of_term(formula, ("Sheet", 9, 0), table, values) == pytest.approx(sum(NUMBERS[cell] for cell in cells))


def test_a_computed_number_in_a_text_is_opaque(book: tuple[CellTable, CellValues]) -> None:
    """How a cell's number looks as a text is left to the engines."""
    table, values = book

    assert CellTerms(table, values).term_of(("Sheet", 40, 0), 'IF(A1&""="0.7",1,2)') is None


@pytest.mark.parametrize(
    "formula",
    [
        "IF(A1>0)", "IF(1)", "OFFSET(A1,1)", "OFFSET(A1)", "SUM(A1:OFFSET(A1,1))", "SUM(A1:INDEX(A1:A3))",
        "OFFSET(A1,LN(-1),0)", "OFFSET(A1,EXP(999),0)", "_xlfn.LET(_xlpm.x,A1)", "_xlfn.TAKE(A1:A3,0)",
        "_xlfn.MAKEARRAY(0,2,_xlfn.LAMBDA(_xlpm.a,_xlpm.b,A1))", "_xlfn.MAKEARRAY(-1,2,_xlfn.LAMBDA(_xlpm.a,A1))",
        "_xlfn.MAKEARRAY(2)",
    ],
)  # fmt: skip
def test_what_gives_an_error_in_excel_is_opaque(formula: str, book: tuple[CellTable, CellValues]) -> None:
    """Too few arguments, places that are no numbers, arrays without elements: nothing is computed there."""
    table, values = book

    assert value_of_term(formula, ("Sheet", 40, 0), table, values) is None


@pytest.mark.parametrize("formula", ["A1*1E308*10", "A1+1E308*10", "(A1^1E308)^10*A2", "MAX(A1,1E308*10)"])
def test_what_is_too_large_for_a_number_is_opaque(formula: str, book: tuple[CellTable, CellValues]) -> None:
    """Excel gives an error there, and no term has an infinite factor, power or summand."""
    table, values = book

    assert CellTerms(table, values).term_of(("Sheet", 40, 0), formula) is None


def test_terms_know_how_a_result_comes_about(book: tuple[CellTable, CellValues]) -> None:
    """Equal sums are one term, however they are written."""
    table, values = book
    terms = CellTerms(table, values)
    by_formula = {table.texts[cell]: term for cell, term in terms.items()}

    assert by_formula["SUMPRODUCT(A1:A3,B1:B3)"] is by_formula["SUMPRODUCT(A1:A3*B1:B3)"]
    assert isinstance(by_formula["TANH(A1*B1+A2*B2+$C$1)"], Term)
    assert value_of_term("-A1^2", ("Sheet", 40, 0), table, values) == 0.7**2


def test_a_sum_is_one_term_however_it_is_nested() -> None:
    """(a + b) + c is a + (c + b), a·b is b·a, and a − a is 0."""
    algebra = Algebra()
    a, b, c = (algebra.leaf(("S", 0, column)) for column in range(3))

    assert algebra.sum((algebra.sum((a, b)), c)) is algebra.sum((a, algebra.sum((c, b))))
    assert algebra.multiply(a, b) is algebra.multiply(b, a)
    assert algebra.subtract(a, a) == 0
    assert algebra.multiply(algebra.scale(a, 2.0), b) is algebra.scale(algebra.multiply(a, b), 2.0)


@pytest.mark.parametrize(
    "text", ["", "1+", "(1", "SUM(1", "1)", "{1,2;3}", "A1 1", "1 A1", "0:1", "A1:2", "1E999", "Sheet1!", "\x00"]
)
def test_what_is_no_formula_is_refused(text: str) -> None:
    """Text that cannot be read raises one error, and nothing else."""
    with pytest.raises(FormulaSyntaxError):
        parse(text)


@pytest.mark.parametrize("text", ["(" * 5000 + "1" + ")" * 5000, "-" * 5000 + "1", "SUM(" * 5000 + "1" + ")" * 5000])
def test_deep_nesting_is_refused(text: str) -> None:
    """A formula nested more deeply than Excel allows is no recursion without end."""
    with pytest.raises(FormulaSyntaxError, match="nested too deeply"):
        parse(text)


def test_signs_bind_as_in_excel() -> None:
    """A sign binds more strongly than a power: -2^2 is (-2)^2."""
    tree = parse("-2^2")

    assert isinstance(tree, Operator)
    assert tree.symbol == "^"
    assert MAX_DEPTH > 64  # what Excel allows
