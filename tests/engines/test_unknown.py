"""Formulas that hide from an engine's answer that it does not know a function."""

from __future__ import annotations

import pytest

from xlcheck.engines.unknown import hides_unknown


@pytest.mark.parametrize(
    ("formula", "hides"),
    [
        ("=IFERROR(SUM(A1:A2),0)", False),
        ("=IFERROR(newfunction(A1),0)", True),
        ("=newfunction(A1)", False),
        ("=IFERROR(_xlfn.newfunction(A1),0)", True),
        ("=IFERROR(mine(A1),0)", False),
        ("=IFERROR(LET(f,LAMBDA(x,x+1),f(A1)),0)", False),
        ("=IFERROR(other,0)", True),
        ("=IFERROR([1]Sheet1!A1,0)", True),
        ('="IFERROR("&newfunction(A1)', False),
    ],
)
def test_an_error_that_is_caught_may_come_of_what_is_unknown(formula: str, hides: bool) -> None:
    """Only where errors become values; what the workbook defines is known, and what is a parameter is none of both."""
    assert hides_unknown(formula, functions={"mine"}, unusable={"other"}) == hides
