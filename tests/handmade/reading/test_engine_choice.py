"""Which engine is believed where one is known to compute something else than Excel."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import xlsxwriter

from xlcheck.engines import engine
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.engine_choice import Answers, answers_of
from xlcheck.workbook.content import CellError, NotEvaluated, Value
from xlcheck.workbook.reader import read_workbook


def answers(folder: Path, formula: str, name: str = "ironcalc") -> tuple[Answers, Value]:
    """What is believed of a workbook with one formula, beside 1E-20, 0.3125 and 800 in A1 to A3; and its value."""
    path = folder / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        for row, value in enumerate((1e-20, 0.3125, 800.0)):
            sheet.write_number(row, 0, value)
        sheet.write_formula("B1", f"={formula}", None, 999.25)
    table = CellTable(read_workbook(path))
    found = answers_of(table, engine(name))
    return found, found.values[table.index["S", 0, 1]]


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("IF(A1<>0,1,0)", 1.0),
        ("1/(1+EXP(A3))", CellError("#NUM!")),
        ("1-2/(EXP(A3)+1)", CellError("#NUM!")),
        ("IFERROR(EXP(A3),5)", 5.0),
        ('VALUE(TEXT(A2,"0.000"))', 0.313),
        ("SUMXMY2(A2:A4,A3:A5)", (0.3125 - 800) ** 2),
    ],
)
def test_where_ironcalc_differs_the_second_engine_is_believed(tmp_path: Path, formula: str, value: Value) -> None:
    """Its values are used, and the report says so."""
    found, given = answers(tmp_path, formula)

    assert given == value
    assert found.engine.name == "cellrune"
    assert found.notes == (
        "ironcalc and cellrune, which recalculate workbooks, compute S!B1 differently; what cellrune gives was "
        "checked, and --engine libreoffice asks a third",
    )


@pytest.mark.parametrize(
    ("formula", "value"),
    [("(A2+A2)%", 0.00625), ("SUMPRODUCT(LN(A2:A3))", pytest.approx(math.log(250))), ("SUMPRODUCT(--(A2:A3>1))", 1.0)],
)
def test_where_it_never_does_nothing_is_said_of_that(tmp_path: Path, formula: str, value: Value) -> None:
    """A softmax that divides by `SUMPRODUCT(EXP(B2:B4))` is nothing that a reader should have doubts about."""
    found, given = answers(tmp_path, formula)

    assert (given, found.notes) == (value, ())


@pytest.mark.parametrize("formula", ["A2*2", "TANH(A2)", "1/(1+EXP(-A2))"])
def test_elsewhere_one_engine_is_enough(tmp_path: Path, formula: str) -> None:
    """Nothing is said, and the engine that was asked for is used."""
    found, _ = answers(tmp_path, formula)

    assert (found.engine.name, found.notes) == ("ironcalc", ())


def test_the_second_engine_is_not_believed_where_it_is_the_one_that_differs(tmp_path: Path) -> None:
    """CellRune says #NUM! as Excel does, which is no reason to take IronCalc's zero."""
    found, given = answers(tmp_path, "1/(1+EXP(A3))", "cellrune")

    assert given == CellError("#NUM!")
    assert found.engine.name == "cellrune"


def test_where_both_engines_err_alike_nobody_is_believed(tmp_path: Path) -> None:
    """Both sum a whole range where Excel reads one cell of it, outside of an array formula; such a formula is fine."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        sheet.write_column("A1", [1.0, 2.0, 3.0])
        sheet.write_formula("B1", "=SUM(A1:A3^2)", None, 14)
        sheet.write_array_formula("B2:B2", "{=SUM(A1:A3^2)}", None, 14)
        sheet.write_formula("B3", "=SUMPRODUCT(A1:A3^2)", None, 14)
    table = CellTable(read_workbook(path))
    values = answers_of(table, engine("ironcalc")).values
    plain, array, product = (values[table.index["S", row, 1]] for row in range(3))

    assert isinstance(plain, NotEvaluated)
    assert "SUMPRODUCT needs none" in plain.reason
    assert (array, product) == (14.0, 14.0)


def test_what_neither_engine_computes_is_not_known(tmp_path: Path) -> None:
    """IronCalc takes the first of several column numbers within a function, CellRune everywhere: no cell is blamed."""
    formulas = ["=SUMPRODUCT(MOD(COLUMN(A1:C1),2)*A1:C1)", "=SUMPRODUCT(COLUMN(A1:C1)*A1:C1)", "=SUMPRODUCT(A1:C1)"]
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        sheet.write_row("A1", [1.0, 2.0, 3.0])
        for row, (formula, value) in enumerate(zip(formulas, (4.0, 14.0, 6.0), strict=True), 1):
            sheet.write_formula(row, 0, formula, None, value)
            sheet.write_formula(row, 1, f"=A{row + 1}*2", None, 2 * value)
    table = CellTable(read_workbook(path))
    values = answers_of(table, engine("ironcalc")).values
    within, alone, none = (values[table.index["S", row, 0]] for row in range(1, 4))

    assert isinstance(within, NotEvaluated)
    assert "libreoffice" in within.reason
    assert (alone, none) == (14.0, 6.0)
    assert isinstance(values[table.index["S", 1, 1]], NotEvaluated)
    assert [values[table.index["S", row, 1]] for row in (2, 3)] == [28.0, 12.0]


def test_a_function_that_is_known_to_ten_digits_only_is_computed_by_another_engine(tmp_path: Path) -> None:
    """Else a cell with ERF would be called wrong by 3e-11, which is far above the tolerance."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("S").write_formula("A1", "=ERF(0.625)", None, 9)
    table = CellTable(read_workbook(path))
    found = answers_of(table, engine("ironcalc"))

    assert found.engine.name == "cellrune"
    assert found.values[0] == pytest.approx(math.erf(0.625), rel=1e-15)
