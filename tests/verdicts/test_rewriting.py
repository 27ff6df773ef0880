"""Expressions that are changed in one place."""

from __future__ import annotations

from collections.abc import Iterator

from xlcheck.graph.expressions import Add, Const, Dot, Expr, Mul, Ref, Tanh
from xlcheck.graph.rewriting import replaced
from xlcheck.verdicts.mistakes.rewriting import Rewrite, everywhere

X, H = Ref("x"), Ref("h")


def replaced_once(expr: Expr, old: Expr, new: Expr) -> Expr:
    return replaced(expr, lambda e: new if e is old else None)


def test_this_very_part_is_replaced_and_its_equal_is_not() -> None:
    """Of two parts that are equal, the one that was meant."""
    first, second = Tanh(X), Tanh(X)

    assert replaced_once(first, first, H) == H
    assert replaced_once(Add(first, second), second, H) == Add(Tanh(X), H)
    assert replaced_once(Add(first, second), Tanh(X), H) == Add(first, second)


def test_a_matrix_stays_whole() -> None:
    """Inside of a product with weights nothing is replaced."""
    product = Dot(X, Ref("kernel"))

    assert replaced_once(product, X, H) == product
    assert replaced_once(product, product, H) == H


def test_each_place_is_changed_once() -> None:
    """An expression with two places gives two others, each with one change."""

    def doubled(expr: Expr) -> Iterator[Rewrite]:
        if isinstance(expr, Ref):
            yield "doubled", "it is doubled", Mul(Const(2.0), expr)

    found = [changed for _, _, changed in everywhere(Add(X, Tanh(H)), doubled)]

    assert found == [Add(Mul(Const(2.0), X), Tanh(H)), Add(X, Tanh(Mul(Const(2.0), H)))]
