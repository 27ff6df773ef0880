"""Forms of formulas that engines compute otherwise: ranges cell by cell, ranges for single values, percentages."""

from __future__ import annotations

import pytest

from xlcheck.engines.forms import has_percentage_of_a_sum, intersects, is_over_a_range

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
