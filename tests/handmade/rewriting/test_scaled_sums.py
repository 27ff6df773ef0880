"""Weighted sums on another scale, found in what a formula computes."""

from __future__ import annotations

from pathlib import Path

import pytest
from recognised_sheets import Sheet, cell_at, sheet

from xlcheck.formulas.algebra import Sum, Term
from xlcheck.handmade.rewriting.scaled_sums import is_weighted, on_a_scale, scaled_sums

_GIVEN = {"A1": 0.3, "B1": -0.8, "E1": 0.7, "E2": -0.4, "E3": 0.15, "F1": 20, "F2": 200, "F3": "=F1*2", "F4": 0.9}
_SUM = "A1*E1+B1*E2+E3"


def _term(formula: str, folder: Path, *others: str) -> tuple[Sheet, list[Term]]:
    """What the formula in H1 computes, and those behind it, which stand below."""
    cells = {f"H{row}": f"={text}" for row, text in enumerate((formula, *others), 1)}
    found = sheet({**_GIVEN, **cells}, folder)
    return found, [found.terms[cell_at(name)] for name in cells]


@pytest.mark.parametrize(
    ("formula", "inner"),
    [
        (f"20*({_SUM})", _SUM), (f"200+20*({_SUM})", _SUM), (f"-3*({_SUM})", _SUM), (f"({_SUM})/4", _SUM),
        (f"$F$1*({_SUM})", _SUM), (f"$F$1*({_SUM})+$F$2", _SUM), (f"40*TANH({_SUM})", f"TANH({_SUM})"),
        (f"40*TANH({_SUM})-20", f"TANH({_SUM})"),
    ],
)  # fmt: skip
def test_a_sum_or_a_unit_is_found_on_another_scale(formula: str, inner: str, tmp_path: Path) -> None:
    """Rule: the scale is a number in the formula, or one that is typed; so is what is added."""
    found, (term, wanted) = _term(formula, tmp_path, inner)
    assert [*scaled_sums(term, found.terms, found.table)] == [wanted]


@pytest.mark.parametrize(
    "formula",
    [
        _SUM, f"200+{_SUM}", f"TANH({_SUM})", "20*A1*E1+10*B1*E2+20*E3", f"$F$3*({_SUM})", f"$F$1*({_SUM})+$F$3",
        "20*(A1*E1+B1*E2+E3+F4)", "20*(A1*F3*E1+B1*E2+E3)", f"40*TANH({_SUM})*F4", f"$F$1*({_SUM})*($F$2*A1+E3)",
    ],
)  # fmt: skip
def test_what_is_on_its_own_scale_or_no_weighted_sum_is_left(formula: str, tmp_path: Path) -> None:
    """Rule: neither is what is scaled by a formula, or unevenly, nor a sum with two biases."""
    found, (term,) = _term(formula, tmp_path)
    assert [*scaled_sums(term, found.terms, found.table)] == []


def test_how_many_times_a_sum_is_there(tmp_path: Path) -> None:
    """Rule: all summands as often, and not once."""
    found, terms = _term(_SUM, tmp_path, f"20*({_SUM})", f"-1*({_SUM})", "20*A1*E1+10*B1*E2", "20*A1*E1")
    scaled = [on_a_scale(term, found.terms.algebra) for term in terms]

    assert scaled == [None, (terms[0], 20.0), None, None, None]


@pytest.mark.parametrize(
    ("formula", "several", "one"),
    [
        (_SUM, True, True), ("A1*E1+B1*E2", True, True), ("A1*E1+E3", False, True), ("E1+E3", False, False),
        (f"{_SUM}+F4", False, False), ("A1*E1+B1*E2+F3", False, False), ("A1*A1*E1+B1*E2", False, False),
        ("2*A1*E1+B1*E2", False, False), ("A1*E1+B1*E2+TANH(E3)", False, False),
    ],
)  # fmt: skip
def test_a_weighted_sum_has_products_of_two_and_one_bias(
    formula: str, several: bool, one: bool, tmp_path: Path
) -> None:
    """Rule: the bias is typed, each product is there once, and one alone is no sum of several."""
    found, (term,) = _term(formula, tmp_path)

    assert isinstance(term, Sum)
    assert is_weighted(term.parts, found.table) is several
    assert is_weighted(term.parts, found.table, fewest=1) is one
