"""Expressions that are changed in one place."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from xlcheck.graph.evaluate import evaluate, value_of
from xlcheck.graph.expressions import Add, Const, Dot, Expr, Mul, Ref, Sigmoid, Tanh, walk
from xlcheck.graph.rewriting import replaced
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import LayerSpec, sequential
from xlcheck.verdicts.mistakes.mutants import rewritten
from xlcheck.verdicts.mistakes.rewriting import Rewrite, everywhere, written_out

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


@pytest.mark.parametrize(
    ("name", "depth", "is_one"), [("dense.y", 0, True), ("lstm.c[0]", 1, True), ("loss.loss", 1, False)]
)
def test_a_sigmoid_is_mistaken_wherever_it_is_written_out_but_in_a_loss(name: str, depth: int, is_one: bool) -> None:
    """Rule: where a formula computes a sigmoid on its way, its line and its sign may be wrong; a loss has its own."""
    options = {"units": 1, "activation": "tanh", "recurrent_activation": "sigmoid", "use_bias": True}
    lstm = LayerSpec("LSTM", "lstm", options | {"return_sequences": False, "go_backwards": False},
                     {"kernel": (1, 4), "recurrent_kernel": (1, 4), "bias": (4,)})  # fmt: skip
    dense = LayerSpec("Dense", "dense", options | {"activation": "sigmoid"}, {"kernel": (1, 1), "bias": (1,)})
    graph = forward_graph(sequential("m", (1, 1), (lstm, dense), "binary_crossentropy"))
    expr = graph[name].expr
    assert expr is not None
    expr = written_out(graph, expr, depth)
    names = {mutant.name for mutant in rewritten(graph, graph[name], expr)}

    assert any(isinstance(node, Sigmoid) for node in walk(expr))
    assert ({"hard-sigmoid", "wrong-sign"} <= names) is is_one


def test_a_term_of_a_sum_reads_what_is_the_same_for_all() -> None:
    """A variance whose range is one cell too short leaves out one distance, from the only mean."""
    options = {"axis": -1, "epsilon": 0.0, "center": False, "scale": False}
    graph = forward_graph(sequential("m", (3,), (LayerSpec("LayerNormalization", "norm", options),)))
    values = evaluate(graph, {"input.x": np.array([[1.0, 2.0, 6.0]])})
    variance = graph["norm.variance"]
    assert variance.expr is not None
    short = [m.expr for m in rewritten(graph, variance, variance.expr) if m.name == "range-too-short" and m.expr]

    assert [value_of(expr, values).item() for expr in short] == [5 / 3, 10 / 3]
