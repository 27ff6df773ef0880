"""Of a product under a sum, the factor that stands along a row is taken out, and nothing is left in its place."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from xlcheck.errors import NotSupportedError
from xlcheck.formulas.printing_rules import _taken_out, print_ref, print_slice
from xlcheck.graph.expressions import Const, Div, Expr, Mul, Neg, Ref, Slice

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


def test_a_part_of_a_row_is_taken_out_as_the_whole_is() -> None:
    """A part of a weight stands along a row as the weight does; a single element of it stands anywhere."""
    part, element = Slice(ROW, 1, 3), Slice(ROW, 1, 2)

    assert _taken_out(PRINTER, Mul(COLUMN, part)) == (part, COLUMN)
    assert _taken_out(PRINTER, Mul(COLUMN, element)) == (None, Mul(COLUMN, element))


@pytest.mark.parametrize("lying", [ROW, Slice(ROW, 1, 3)], ids=str)
def test_no_range_along_a_row_stands_among_ranges_along_columns(lying: Expr) -> None:
    """Excel would multiply each element of the one by each of the other."""
    rule = print_ref if isinstance(lying, Ref) else print_slice

    with pytest.raises(NotSupportedError, match="element by element"):
        rule(PRINTER, lying, None)  # type: ignore[operator]


@pytest.mark.parametrize("expression", [Mul(COLUMN, OTHER), COLUMN, Div(OTHER, ROW)], ids=str)
def test_without_one_the_product_stays(expression: Expr) -> None:
    """A divisor is no factor."""
    assert _taken_out(PRINTER, expression) == (None, expression)
