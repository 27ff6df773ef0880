"""Formulas that round, and what they are without it."""

from __future__ import annotations

import pytest

from xlcheck.formulas.rounding import rounded_whole, rounds, unrounded


@pytest.mark.parametrize(
    ("formula", "exact"),
    [
        ("ROUND(A1*B1,4)", "A1*B1"),
        ("TANH(ROUNDUP(A1,2))+TRUNC(B1)", "TANH(A1)+B1"),
        ("ROUND(ROUND(A1,3)+1,2)", "A1+1"),
        ("SUM(A1:A3)", None),
        ("ROUND(A1", None),
    ],
)
def test_values_that_were_rounded(formula: str, exact: str | None) -> None:
    """Whatever rounds is left out, wherever it stands, and nothing else."""
    assert unrounded(formula) == exact


@pytest.mark.parametrize(
    ("formula", "whole"),
    [
        ("ROUND(A1*$B$1,4)", ("A1*$B$1", 4)),
        (" round( A1+1 , 0 )", ("A1+1", 0)),
        ("ROUND(ROUND(A1,3)+B1,2)", ("ROUND(A1,3)+B1", 2)),
        ("ROUND(A1,2)+ROUND(B1,2)", None),
        ("ROUND(A1,B1)", None),
        ("ROUND(A1,-2)", None),
        ("ROUND(A1,2.5)", None),
        ("ROUNDUP(A1,2)", None),
        ("1*ROUND(A1,2)", None),
    ],
)
def test_formulas_that_do_nothing_but_round(formula: str, whole: tuple[str, int] | None) -> None:
    """What they round, and to how many digits; a sum of two that are rounded does more than that."""
    assert rounded_whole(formula) == whole


def test_a_quick_look_at_whether_anything_is_rounded() -> None:
    """In any place, in any spelling; a name that ends like a function is none."""
    assert rounds("1+Round(A1,2)")
    assert rounds("TRUNC(A1)")
    assert not rounds("MROUND(A1,2)")
    assert not rounds("round*2")
