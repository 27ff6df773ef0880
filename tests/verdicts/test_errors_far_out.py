"""Formulas that have no value where numbers lie far out, and whether that is a mistake."""

from __future__ import annotations

import pytest
from small_book import Checker

from xlcheck.verdicts.report import Status


@pytest.mark.parametrize(
    ("formula", "is_mistake"),
    [
        ("C2*Weights!$B$2/IF(ABS(Weights!$B$2)<5,1,0)", True),
        ("C2*Weights!$B$2/(ABS(Weights!$B$2)<5)", True),
        ("C2*Weights!$B$2/(Weights!$B$2<5)", True),
        ("C2*Weights!$B$2/(EXP(0)*(ABS(Weights!$B$2)<5))", False),
        ("C2*Weights!$B$2/(1/(ABS(Weights!$B$2)<5))^1", False),
        ("C2*Weights!$B$2/(ABS(Weights!$B$9)<5)", False),
    ],
)
def test_a_product_has_a_value_for_all_numbers(check_small: Checker, formula: str, *, is_mistake: bool) -> None:
    """Unless exponentials or powers, or other cells than its own, may leave the numbers there; then nobody knows."""
    report = check_small({"Net!C3": f"={formula}"}, perturb=1)

    assert [cell.cell for cell in report.cells if cell.status is Status.ROOT] == ["C3"] * is_mistake
    assert report.exit_code == (1 if is_mistake else 3)
