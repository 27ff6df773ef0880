"""Of a product under a sum, the factor that stands along a row is taken out, and nothing is left in its place."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from xlcheck.formulas.printing_rules import _taken_out
from xlcheck.graph.expressions import Const, Div, Expr, Mul, Neg, Ref

ROW, COLUMN, OTHER = Ref("row"), Ref("column"), Ref("other")
PRINTER: Any = SimpleNamespace(places=SimpleNamespace(is_across=lambda name: name == "row"))


@pytest.mark.parametrize(
    ("expression", "rest"),
    [
        (Mul(ROW, COLUMN), COLUMN),
        (Mul(COLUMN, ROW), COLUMN),
        (Mul(Mul(COLUMN, ROW), OTHER), Mul(COLUMN, OTHER)),
        (Mul(OTHER, Mul(ROW, COLUMN)), Mul(OTHER, COLUMN)),
        (Neg(Mul(ROW, COLUMN)), Neg(COLUMN)),
        (Div(Mul(ROW, COLUMN), OTHER), Div(COLUMN, OTHER)),
        (ROW, Const(1.0)),
    ],
    ids=str,
)
def test_what_is_left_has_no_needless_one(expression: Expr, rest: Expr) -> None:
    """`1*` would be a factor that nobody has written."""
    assert _taken_out(PRINTER, expression) == (ROW, rest)


@pytest.mark.parametrize("expression", [Mul(COLUMN, OTHER), COLUMN, Div(OTHER, ROW)], ids=str)
def test_without_one_the_product_stays(expression: Expr) -> None:
    """A divisor is no factor."""
    assert _taken_out(PRINTER, expression) == (None, expression)
