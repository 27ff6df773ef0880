"""What formulas give for other numbers, without an engine: IronCalc is the oracle."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import xlsxwriter

from xlcheck.engines import engine
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.evaluate import MAX_DEPTH, evaluate, parsed_names
from xlcheck.formulas.scalars import OpaqueError, Scalar

CELLS: dict[str, float | str] = {
    "A1": 0.3, "A2": -1.25, "A3": 2.0, "B1": 0.7, "B2": 0.5, "B3": -0.125, "C1": "=A1*2", "C2": "=SUM(A1:A3)",
    "D1": "word", "D2": 2.0,
}  # fmt: skip
FORMULAS = [
    "SUMPRODUCT(A1:A3,B1:B3)+C1", "1/(1+EXP(-A2))", "TANH(C2)-A1^2*-B1", "IF(A2>=0,1,EXP(A2))", "MAX(A1:B3)*MIN(A2,0)",
    "INDEX(A1:A3,D2)+INDEX(B1:B3,D2+1)", "ROUND(A2*B1,2)+ROUNDDOWN(-A2,0)+ROUNDUP(A1,1)", "rate*A1+half",
    "ROUND(-2.5,0)", "LN(A1)/SQRT(B2)", "AVERAGE(A1:A3)", "5%*A3", "SUMPRODUCT(MMULT(A1:B1,B2:B3))", "--(A1>A2)",
    "SUMPRODUCT(--(A1:A3>0)*B1:B3)", "IF(ISBLANK(E1),A1,B1)", "IF(ISNUMBER(D1),1,A2)",
    "COUNTA(A1:E1)+COUNTBLANK(A1:E1)",
    "LOG10(A3)+LOG(A1,2)", "IFS(A2>0,1,A1>0,B1)", "SWITCH(D2,1,A1,2,A2,A3)", 'SWITCH(D1,"x",1,"WORD",B2)',
    "IF(ISTEXT(D1),A3,0)", "IF(ISNONTEXT(D1),1,B3)", "IF(TRUE(),A1,FALSE())",
]  # fmt: skip
NAMES = {"rate": "S!$B$1", "half": "S!$B$2", "part": "S!$A$1:$A$2"}


class Book:
    """The cells above."""

    def formula(self, cell: Address) -> str | None:
        found = self._at(cell)
        return found if isinstance(found, str) and found.startswith("=") else None

    def constant(self, cell: Address) -> Scalar:
        return self._at(cell)

    def spill(self, cell: Address) -> Range:
        return Range(*cell)

    def _at(self, cell: Address) -> float | str | None:
        return CELLS.get(f"{chr(65 + cell[2])}{cell[1] + 1}")


def value(formula: str, **numbers: float) -> float:
    """What a formula gives in F1, with other numbers in some cells."""
    given = {("S", int(name[1:]) - 1, ord(name[0]) - 65): number for name, number in numbers.items()}
    return evaluate(formula, ("S", 0, 5), Book(), parsed_names(NAMES), given.get)


def test_every_formula_gives_what_an_engine_computes(tmp_path: Path) -> None:
    """With the numbers that stand in the cells."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        for name, content in CELLS.items():
            sheet.write(name, content)
        for name, target in NAMES.items():
            book.define_name(name, f"={target}")
        for row, formula in enumerate(FORMULAS):
            sheet.write_formula(row, 5, f"={formula}")
    session = engine("ironcalc").open(path)
    session.recalculate()
    desired = [row[0] for row in session.read(Range("S", 0, 5, len(FORMULAS), 1))]

    assert [value(formula) for formula in FORMULAS] == pytest.approx(desired, abs=1e-14)


def test_other_numbers_are_taken_for_cells_and_what_they_computed() -> None:
    """A formula that reads a formula sees its result with them, or a number in its place."""
    assert value("C1+1", A1=5.0) == 11.0
    assert value("=C1+1", C1=5.0) == 6.0
    assert value("SUM(A1:A3)", A1=1.0, A2=2.0, A3=3.0) == 6.0


def test_what_is_not_defined_is_no_number() -> None:
    """The logarithm of a negative number is NaN."""
    assert math.isnan(value("LN(A2)"))


@pytest.mark.parametrize("formula", ["FOO(A1)", "A1+", "D1+1", "D1", "A1=1", "INDEX(A1:A3,9)", "[1]S!A1"])
def test_what_is_not_understood_is_not_guessed(formula: str) -> None:
    """Nor is a text, a logical value, or a formula without an end."""
    with pytest.raises(OpaqueError):
        value(formula)


@pytest.mark.parametrize(
    ("formula", "desired"),
    [
        ('IF(D1="WORD",1,2)', 1.0),
        ('IF(D1<>"WORD",1,2)', 2.0),
        ('IF(D1<>"other",1,2)', 1.0),
        ('IF(A1="word",1,2)', 2.0),
        ("SUM(TAKE(A1:A3,2))", -0.95),
        ("SUM(TAKE(A1:A3,-2))", 0.75),
        ("SUM(DROP(A1:A3,1))", 0.75),
        ("SUM(DROP(A1:A3,-1))", -0.95),
        ("SUM(TAKE(A1:B3,1,-1))", 0.7),
        ("SUM(TAKE(A1:A3,0))", 0.0),
        ("SUM(HSTACK(A1:A2,B1:B2))", 0.25),
        ("VLOOKUP(D2,HSTACK(SEQUENCE(3),A1:A3),2,FALSE)", -1.25),
        ("XLOOKUP(D1,D1:D2,A1:A2)", 0.3),
        ("CHOOSE(D2,A1,B1)", 0.7),
        ("LET(x,A1,y,x*2,x+y)", 0.9),
        ("REDUCE(1,A1:A3,LAMBDA(a,b,a*b))", -0.75),
        ("LAMBDA(x,y,x-y)(A3,LAMBDA(z,z*2)(B1))", 0.6),
        ("E5", 0.0),
        ("SUM(SCAN(0,A1:A3,LAMBDA(a,b,a+b)))", 0.4),
        ("SUM(MAP(A1:A3,LAMBDA(x,x*x)))", 5.6525),
        ("SUM(BYROW(A1:B3,LAMBDA(r,MAX(r))))", 3.2),
        ("MOD(7,3)+PI()-PI()", 1.0),
        ("ROW(A3)+COLUMN(B1)", 5.0),
        ("ROWS(part)+SUM(OFFSET(part,1,0,1,1))+ROW(half)", 2.75),
        ('OFFSET(A1,1,0)+INDIRECT("B1")', -0.55),
        ("AND(A1>0,B1>0)*1+OR(A1<0,B1<0)+NOT(FALSE)", 2.0),
        ("SUMSQ(A1:A2)-PRODUCT(A1:A2)", 2.0275),
        ("NORMSDIST(A2)", 0.5 * math.erfc(1.25 * math.sqrt(0.5))),  # engines compute it to ten digits
        ("NORM.S.DIST(A1,TRUE)-ERF(A1/SQRT(2))/2", 0.5),
        ("SUMXMY2(A1:A2,A2:A1)+SUMXMY2(A1:A2,B1:B2)-SUMSQ(A1-B1,A2-B2)", 0.0),
    ],
)
def test_functions_that_engines_lack_or_that_take_arrays(formula: str, desired: float) -> None:
    """Worked out by hand."""
    assert value(formula) == pytest.approx(desired, abs=1e-12)


class Chain(Book):
    """Cells of which each reads the one below it, down to a last one that is 0."""

    def __init__(self, length: int) -> None:
        self._length = length

    def _at(self, cell: Address) -> float | str | None:
        return f"=A{cell[1] + 2}+1" if cell[1] < self._length else 0.0


def test_cells_may_read_one_another_as_deep_as_is_allowed_and_no_deeper() -> None:
    """What would end the interpreter is not known instead."""
    assert evaluate("=A1", ("S", 0, 5), Chain(MAX_DEPTH), {}, lambda _: None) == MAX_DEPTH
    with pytest.raises(OpaqueError, match="too many cells read one another"):
        evaluate("=A1", ("S", 0, 5), Chain(MAX_DEPTH + 1), {}, lambda _: None)
