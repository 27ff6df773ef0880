"""Numbers that a formula makes of cells, whatever stands in them."""

from __future__ import annotations

import math

import pytest

from xlcheck.formulas.inner_numbers import cancelled
from xlcheck.verdicts.unknown_parts import may_cancel

STEADY = {
    "A1/A1*B1": [1], "B1+EXP(A1/A1)": [math.e, 1], "(A1+A1)/A1*C1": [2], "Other!A1/Other!A1+A1": [1],
    "$B$7/B7+A1": [1], "SUM(A1:A3)/SUM(A1:A3)*B1": [1], "TANH(A1)/TANH(A1)+C3": [1], "LN(A1)/LN(A1)+B2": [1],
    "_xlfn.LET(_xlpm.a,B1,EXP(_xlpm.a/_xlpm.a)*C1)": [math.e, 1], "0*A1+B1": [0], "B1*A1^0": [1],
}  # fmt: skip


@pytest.mark.parametrize("formula", STEADY)
def test_parts_that_stay_the_same_are_numbers(formula: str) -> None:
    """Each is told, and those inside another one, too."""
    assert cancelled(f"={formula}") == pytest.approx(STEADY[formula])
    assert may_cancel(formula) or set(STEADY[formula]) <= {0, 1, 2}


@pytest.mark.parametrize(
    "formula",
    [
        "A1-B1", "Other!A1-A1", "A1*2-A1", "1/(1+EXP(-A1))", "EXP(A1-MAX(A1:A3))/SUM(EXP(A1),EXP(A2),EXP(A3))",
        "-(A1*LN(B1)+(1-A1)*LN(1-B1))", "A1*A1", "MAX(0,A1)", "A1*((", "NOBODY(A1)/NOBODY(A1)", "2^9",
    ],
)  # fmt: skip
def test_parts_that_follow_their_cells_are_none(formula: str) -> None:
    """Nor what reads no cell, of which others ask, or what nobody can compute."""
    assert cancelled(formula) == ()
