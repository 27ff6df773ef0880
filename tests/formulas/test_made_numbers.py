"""Numbers that a formula makes of the numbers in it."""

from __future__ import annotations

import math

import pytest

from xlcheck.formulas.inner_numbers import cancelled, made_numbers

MADE = {
    "2^9": [512], "POWER(2,9)": [512], "A1*2*B1*2": [4], "-(A1*2)/B1*2": [4], "2/(A1/2)": [4], "((A1^2)^2)^2": [8],
    "A1+1+1+1": [3], "A1-0.5-B1-0.5": [-1], "EXP(2)*A1": [math.exp(2)], "PI()": [math.pi], "SUM({2,2,2})*A1": [6],
    "_xlfn.LET(_xlpm.a,2,_xlpm.a^_xlpm.a*A1)": [4], "A1*50%*2": [1], "SQRT(2/PI())*A1": [math.sqrt(2 / math.pi)],
    "EXP(-(A1-0.5)^2*2^2^2^2)": [256],
}  # fmt: skip


@pytest.mark.parametrize("formula", MADE)
def test_numbers_that_belong_together_make_one(formula: str) -> None:
    """Wherever they stand in a sum, a product or a power of powers; a bracket around cells ends it."""
    assert made_numbers(f"={formula}") == pytest.approx(MADE[formula])


@pytest.mark.parametrize(
    "formula",
    [
        "1/(1+EXP(-A1))", "(1+TANH(A1/2))/2", "MAX(0,MIN(1,0.2*A1+0.5))", "SUM(A1:A3,B$2:B4)+C2", "INDEX({0,1},A1+1)",
        "A1*2*((",
    ],
)  # fmt: skip
def test_numbers_apart_make_none(formula: str) -> None:
    """Each is then asked about by itself."""
    assert made_numbers(formula) == ()


@pytest.mark.parametrize("formula", ["A1*1/0", "A1*TEXT(2,0)", "A1*2*(3*("])
def test_what_nobody_can_compute_is_no_number(formula: str) -> None:
    """An error, an unknown function, and what is no formula and holds several."""
    assert math.isnan(*made_numbers(formula))


@pytest.mark.parametrize("formula", ["LET()", "LET(a,1)", "LET(a,1,b,2)"])
def test_a_let_without_its_parts_is_no_error_of_ours(formula: str) -> None:
    """Engines say what is wrong with it; it makes nothing of cells."""
    made_numbers(formula)
    assert cancelled(formula) == ()
