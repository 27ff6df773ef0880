"""Which numbers of a formula are weights, and what it is with something else in their places."""

from __future__ import annotations

import pytest

from xlcheck.formulas.parser import parse
from xlcheck.formulas.tree import Literal, Node
from xlcheck.formulas.unparse import unparse
from xlcheck.handmade.rewriting.weights_in_formulas import Weighing, is_product, is_sum_or_product, written_out


@pytest.mark.parametrize(
    ("formula", "spots"),
    [
        ("0.5*A1+0.25*B1+0.1", [(0.5, "A1"), (0.25, "B1"), (0.1, None)]),
        ("A1*0.5-B1*0.25-0.1", [(0.5, "A1"), (-0.25, "B1"), (-0.1, None)]),
        ("TANH(-0.5*A1+0.1)", [(-0.5, "A1"), (0.1, None)]),
        ("1/(1+EXP(-(2*A1+3)))", [(2.0, "A1"), (3.0, None)]),
        ("IF(2*A1+3>0,2*A1+3,0)", [(2.0, "A1"), (3.0, None), (2.0, "A1"), (3.0, None)]),
        ("0.5*A1*B1+0.1", [(0.5, "B1"), (0.1, None)]),
        ("A1+0.1", []),
        ("0.5*A1", []),
        ("2*3+A1", []),
        ("B1-(-0.5)*A1", []),
        ("0.5*A1+INDEX(C1:F1,1+3*G1)*B1+0.1", [(0.5, "A1"), (0.1, None)]),
    ],
)
def test_weights_multiply_cells_and_a_bias_is_added_to_products(
    formula: str, spots: list[tuple[float, str | None]]
) -> None:
    """Rule: a number times cells is a weight where something is added, with its sign; what is added then is a bias."""
    found = Weighing("S").spots(parse(formula))

    assert [(number, None if area is None else area.a1) for number, area in found] == spots


def test_a_product_alone_has_a_weight_where_that_is_known() -> None:
    """Rule: a number times a cell has a weight where it is known to be a product, and what is added to such a cell."""
    assert Weighing("S", alone=True).spots(parse("0.5*A1"))[0][0] == 0.5
    (bias,) = Weighing("S", products={("S", 0, 0)}).spots(parse("A1+0.1"))
    assert bias == (0.1, None)


@pytest.mark.parametrize(
    "formula", ["TANH(0.5*A1+0.25*B1-0.1)", "IF(2*A1+3>0,2*A1+3,0)", "C1*0.5-(0.25*A1+2)", "MAX(0,A1-0.5*B1)"]
)
def test_a_formula_with_other_numbers_is_the_same_function_of_them(formula: str) -> None:
    """Rule: with each weight put back into its place the weights are the same ones again."""
    tree = parse(formula)

    def same(number: float, _: object) -> Node:
        return Literal(number)

    again = parse(unparse(Weighing("S").replaced(tree, same)))
    assert Weighing("S").spots(again) == Weighing("S").spots(tree)


def test_cells_that_are_added_are_told_from_those_that_are_weighed() -> None:
    """Rule: summands that are cells, or products of cells, are added; what stands beside a number is not."""
    added = [*Weighing("S").added(parse("A1+B1*C1+0.5*D1+TANH(E1-F1)"))]

    assert added == [("S", 0, column) for column in (0, 1, 2, 4, 5)]
    assert [is_product(parse(text)) for text in ("0.5*A1", "A1*0.5", "A1*B1", "0.5*A1+1")] == [True, True, False, False]
    assert [is_sum_or_product(parse(text)) for text in ("A1+B1", "A1*2", "TANH(A1)", "A1^2")] == [
        True, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("formula", "sum_of_products"),
    [
        ("TANH(SUMPRODUCT($A1:$B1,{0.5,-0.25})+0.1)", "TANH(0.5*$A1-0.25*$B1+0.1)"),
        ("SUMPRODUCT({0.5;0.25},A1:A2)", "0.5*A1+0.25*A2"),
        ("SUMPRODUCT(A1:C1,{0.5,0.25})", "SUMPRODUCT(A1:C1,{0.5,0.25})"),
    ],
)
def test_an_array_of_constants_is_a_weight_for_each_cell(formula: str, sum_of_products: str) -> None:
    """Rule: what SUMPRODUCT adds up of a range and as many constants is a sum of products; else it stays as it is."""
    found, meant = ([*Weighing("S").spots(own)] for own in (written_out(parse(formula)), parse(sum_of_products)))
    assert found == meant
