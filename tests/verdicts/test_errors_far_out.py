"""Formulas that have no value where numbers lie far out, and whether that is a mistake."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_book import Checker

from xlcheck.graph.expressions import Const, Expr, Maximum, Ref, Tanh
from xlcheck.graph.quantities import Band, Quantity, Role
from xlcheck.verdicts.cell_result import Found
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.generated.errors_far_out import are_mistakes
from xlcheck.verdicts.placement import Placement, Sighting
from xlcheck.verdicts.report import Status
from xlcheck.workbook.cell_codes import code_at
from xlcheck.workbook.content import Cell, CellError, SheetContent, WorkbookContent


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


X = Ref("input.x")
_DIVISION, _REFERENCE, _CIRCLE = map(CellError, ("#DIV/0!", "#REF!", "#CIRC!"))


def _are_mistakes(formula: str | None, errors: set[CellError], expr: Expr = X * X) -> bool:
    """Of a formula in C1, where A1 holds the x that the quantity reads, and B1 another one that it does not."""
    sheet = SheetContent("S", "visible", {(0, 0): Cell(1.0), (0, 1): Cell(2.0), (0, 2): Cell(1.0, formula)})
    formulas = FormulaCells(WorkbookContent(Path("w.xlsx"), {"S": sheet}))
    no = np.zeros(1, dtype=bool)
    shown = [
        Sighting(
            Placement(name, None, "S", np.array([code_at(0, column)]), np.arange(1)), np.ones((1, 1)), {}, no, no, no
        )
        for column, name in enumerate(("input.x", "other.x"))
    ]
    q = Quantity(Band("layer", "y", Role.OUTPUT), None, (1,), expr)
    found = Found("S", code_at(0, 2), Status.ROOT, lambda: pytest.fail("nobody asks"))
    return are_mistakes(errors, q, found, formulas, shown)


@pytest.mark.parametrize(
    ("formula", "is_mistake"),
    [
        ("A1*A1/IF(A1<9,1,0)", True), ("SUM(A1)*A1/N(A1<9)", True), ("A1^2/IF(A1<9,1,0)", False),
        ("EXP(A1)/IF(A1<9,1,0)", False), ("A1*B1/IF(A1<9,1,0)", False), ("A1*D1/IF(A1<9,1,0)", False),
        ("A1*T!A1/IF(A1<9,1,0)", False),
        ('A1*A1/IF(A1="x",1,0)', False), (None, False),
    ],
)  # fmt: skip
def test_sums_products_and_choices_of_its_own_cells_have_values(formula: str | None, *, is_mistake: bool) -> None:
    """Rule: where the equation has a value, too; that of an exponential may be written so that it has none far out."""
    assert _are_mistakes(formula, {_DIVISION}) is is_mistake
    assert _are_mistakes(formula, {_DIVISION}, Maximum(X, Const(0.0))) is is_mistake
    assert not _are_mistakes(formula, {_DIVISION}, Tanh(X))


def test_a_circle_and_a_lost_reference_are_mistakes_in_any_formula() -> None:
    """Rule: unless it gives another error as well."""
    assert _are_mistakes("EXP(B1)", {_REFERENCE, _CIRCLE}, Tanh(X))
    assert not _are_mistakes("EXP(B1)", {_REFERENCE, _DIVISION}, Tanh(X))
