"""Forms of formulas that engines compute otherwise: ranges cell by cell, ranges for single values, brackets."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter

from xlcheck.engines import engine
from xlcheck.engines.forms import (
    goes_on_with_a_text,
    has_percentage_of_a_sum,
    intersects,
    is_over_a_range,
    negates_a_product,
)
from xlcheck.formulas.addresses import Range
from xlcheck.workbook.content import Value

RANGES = frozenset({"both"})


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        ("SUM(A1:A2*B1:B2)", True),
        ("SUM(A1:A2)", False),
        ("SUM(A1:A1*2)", False),
        ("SUM(BOTH*2)", True),
        ("SUM(one*2)", False),
        ("SUM((A1:A2,B1:B2))", False),
        ("SUM(EXP(A1:A2))", True),
        ("SUM(MAX(A1:A2))", False),
        ("SUM(1+MAX(1,EXP(2*A1:A2)))", True),
        ("SUMPRODUCT(A1:A2*B1:B2)", False),
        ("SUMPRODUCT(SUM(A1:A2*B1:B2))", False),
        ("A1:A2*B1:B2", False),
        ("SUM(A1:A2*", False),
    ],
)
def test_some_function_is_given_what_is_made_cell_by_cell(formula: str, found: bool) -> None:
    """By an operator or a function of single cells, not in the brackets of what calculates with arrays anyway."""
    assert intersects(formula, lambda name: name == "EXP", {"SUMPRODUCT"}, RANGES) == found


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        ("EXP(A1:A2)", True),
        ("SUM(EXP(-A1:A2))", True),
        ("EXP(--both)", True),
        ("EXP(A1)", False),
        ("EXP(1-A1:A2)", False),
        ("SUM(A1:A2)", False),
        ("EXP(A1:A2", False),
    ],
)
def test_a_single_value_is_taken_of_a_range(formula: str, found: bool) -> None:
    """Also of one with a sign before it; what an operator makes of a range is another form."""
    assert is_over_a_range(formula, lambda name: name == "EXP", RANGES) == found


@pytest.mark.parametrize(
    ("formula", "found"),
    [("(A1+A2)%", True), ("A1%", False), ("SUM(A1:A2)%", False), ("2*A1%%", True), ("(A1+", False)],
)
def test_a_percentage_is_taken_of_more_than_one_operand(formula: str, found: bool) -> None:
    """Of a sum, or of another percentage."""
    assert has_percentage_of_a_sum(formula) == found


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        ("-(A1^2*B1)", True),
        ("-(A1^2/B1*2)", True),
        ("EXP(-((A1-B1)^2/(2*C1^2)))", True),
        ("-(A1*B1)^2", True),
        ("(-(A1*B1))^2", True),
        ("A1/-(B1*C1)", True),
        ("A1/(--(B1/C1))", True),
        ("+(A1*B1)^2", False),
        ("-(A1*B1)", False),
        ("1/(1+EXP(-(A1*B1+C1)))", False),
        ("A1-(B1^2*C1)", False),
        ("-(A1-B1)^2/2", False),
        ("-(B1*A1^2)", False),
        ("A1*-(B1*C1)", False),
        ("-(A1^2*B1", False),
    ],
)
def test_a_sign_stands_before_the_brackets_of_a_product(formula: str, found: bool) -> None:
    """Where it matters: a power begins the product, or the whole is the base of a power or a divisor."""
    assert negates_a_product(formula) == found


@pytest.mark.parametrize(
    ("formula", "found"),
    [
        ("(A1&B1)*2", True),
        ("2-(A1&B1)", True),
        ("A1&(B1=C1)", True),
        ("A1>=(B1>C1)", True),
        ("(A1>B1)>C1", False),
        ("A1*(B1>C1)", False),
        ("A1&B1*2", False),
        ("IF(A1=B1,1,2)", False),
    ],
)
def test_a_text_or_a_comparison_in_brackets_is_gone_on_with(formula: str, found: bool) -> None:
    """Joined texts are calculated with, or a comparison is joined, or compared on the right."""
    assert goes_on_with_a_text(formula) == found


def drawn(r: random.Random, depth: int) -> str:
    """A random formula with brackets in many places where nobody needs them, and in some where they count."""
    if depth == 0:
        return r.choice(["A1", "A2", "A3", "0.5", "3"])
    a, b = (drawn(r, r.randrange(depth)) for _ in range(2))
    kind = r.randrange(8)
    if kind < 4:
        return f"({a}){r.choice(['+', '-', '*', '/', '^', '^'])}({b})"
    if kind < 6:
        return f"-({a})"
    return r.choice([f"{a}*{b}", f"({a})&({b})", f"({a})>=({b})", f"EXP(-ABS({a}))", f"({a})%"])


def computed(name: str, path: Path, count: int) -> Sequence[Value]:
    """What an engine gives in the column E."""
    session = engine(name, guarded=False).open(path)
    session.recalculate()
    return [row[0] for row in session.read(Range("S", 0, 4, count))]


def test_brackets_that_are_lost_are_all_found(tmp_path: Path) -> None:
    """Of random formulas IronCalc and cellrune give the same, unless one of the forms is found; it is for some."""
    r = random.Random(5)
    formulas = [drawn(r, 4) for _ in range(1500)]
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as book:
        sheet = book.add_worksheet("S")
        sheet.write_column(0, 0, [0.75, 2.0, 1.25])
        for row, formula in enumerate(formulas):
            sheet.write_formula(row, 4, f"={formula}")
    both = (computed(name, tmp_path / "book.xlsx", len(formulas)) for name in ("ironcalc", "cellrune"))
    forms = (has_percentage_of_a_sum, negates_a_product, goes_on_with_a_text)
    differing = [f for f, one, other in zip(formulas, *both, strict=True) if one != other and not alike(one, other)]

    assert [formula for formula in differing if not any(form(formula) for form in forms)] == []
    for form in forms:
        assert any(map(form, differing)), form


def alike(one: Value, other: Value) -> bool:
    """Whether two values are the same number, but for rounding, or none of both is a number."""
    if isinstance(one, float) and isinstance(other, float):
        return one == pytest.approx(other, rel=1e-9)
    return not isinstance(one, float) and not isinstance(other, float)
