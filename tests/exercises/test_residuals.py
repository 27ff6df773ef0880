"""Residuals: every equation that is turned round holds for true numbers, and fails beside them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from xlcheck.exercises.residuals import INVERSES, isolated, residual_of, saturated, tells
from xlcheck.graph import expressions as ex
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.quantities import Band, Graph, GraphBuilder, Quantity, Role

A, B, C = (ex.Ref(f"n.{name}") for name in "abc")
FORMS: dict[str, ex.Expr] = {
    "neg": -A, "exp": ex.Exp(A), "log": ex.Log(A), "tanh": ex.Tanh(A), "sigmoid": ex.Sigmoid(A),
    "softplus": ex.Softplus(A), "add": A + B, "sub": A - B, "mul": A * B, "div": A / B, "total": ex.Total((A, B, C)),
    "dot": ex.Dot(ex.Ref("n.x"), ex.Ref("n.w")), "dot of columns": ex.Dot(ex.Ref("n.x"), ex.Slice(ex.Ref("n.w"), 1, 3)),
    "cell state": A * B + C * ex.Ref("n.d"), "gate": ex.Sigmoid(A * B + C), "silu": A * ex.Sigmoid(A),
    "nested": ex.Log(1 + ex.Exp(A - B) / C), "both sides": (A + B) / (A - C),
    "matrix": ex.Dot(A, ex.Ref("n.m")), "columns of a matrix": ex.Dot(A, ex.Slice(ex.Ref("n.m"), 1, 3)),
    "part of a vector": ex.Dot(ex.Slice(ex.Ref("n.e"), 1, 4), ex.Ref("n.m")),
    "transposed": ex.DotTransposed(A, ex.Ref("n.t")),
    "long": ex.Dot(ex.Ref("n.long"), ex.Ref("n.long_m")),
    "some columns transposed": ex.DotTransposed(A, ex.Slice(ex.Ref("n.wide"), 1, 4)),
    "both ways back": ex.DotTransposed(A, ex.Ref("n.t")) + ex.DotTransposed(B, ex.Ref("n.t")),
    "relu": ex.Relu(A), "relu of negative numbers": ex.Relu(ex.Ref("n.minus")),
    "maximum": ex.Maximum(A, B), "largest": ex.Largest((A, B, C)),
    "first largest": ex.FirstLargest((C, A)), "softmax": ex.Softmax(A), "sum": ex.Sum(A), "joined": ex.Concat((A, B)),
}  # fmt: skip
FORWARD: dict[str, ex.Expr] = {
    "sqrt": ex.Sqrt(A), "abs": ex.Abs(A), "one-hot": ex.Dot(ex.Ref("n.o"), ex.Ref("n.m")),
    "too long": ex.Dot(ex.Ref("n.longer"), ex.Ref("n.longer_m")), "choice": ex.Where(A, B, C),
}  # fmt: skip
TOLERANCE = 1e-9


def graph_of(expr: ex.Expr) -> tuple[Graph, dict[str, np.ndarray], Quantity]:
    """A graph in which one quantity is the expression, with numbers."""
    build, rng = GraphBuilder(), np.random.default_rng(5)
    given = {f"n.{name}": rng.uniform(0.3, 1.5, (1, 3)) for name in "abcd"}
    given |= {
        "n.x": rng.uniform(0.3, 1.5, (1, 1)),
        "n.w": rng.uniform(0.5, 1.5, (1, 3)),
        "n.e": rng.uniform(0.3, 1.5, (1, 4)),
        "n.minus": rng.uniform(-1.5, 0.5, (1, 3)),
        "n.code": np.array([[2.0]]),
        "n.long": rng.uniform(0.03, 0.15, (1, 64)),  # so that the sum is as large as the others
        "n.longer": rng.uniform(0.3, 1.5, (1, 65)),
    }
    weights = {"m": (3, 3), "t": (2, 3), "wide": (2, 5), "long_m": (64, 2), "longer_m": (65, 2)}
    given |= {f"n.{name}": rng.uniform(0.4, 1.2, shape) for name, shape in weights.items()}
    for name, value in given.items():
        role = Role.WEIGHT if name in {"n.w", *(f"n.{weight}" for weight in weights)} else Role.INPUT
        build.given(Band("n", name[2:], role), value.shape if role is Role.WEIGHT else value.shape[1:])
    build.let(Band("n", "o", Role.INPUT), ex.OneHot(ex.Ref("n.code"), 3))
    build.let(Band("n", "y", Role.OUTPUT), expr)
    graph = build.build()
    return graph, evaluate(graph, given), graph["n.y"]


@pytest.mark.parametrize("name", FORMS)
def test_every_form_holds_for_true_numbers_and_only_for_them(name: str) -> None:
    """Whichever value is isolated, both sides are equal; of a number a little beside they are not."""
    graph, values, q = graph_of(FORMS[name])
    found = list(isolated(FORMS[name], ex.Ref(q.name), (), graph))

    assert found
    for residual in found:
        assert (residual.difference(values) < 1e-13).all()
        assert (residual.difference({**values, q.name: values[q.name] + 1e-6}) > TOLERANCE).all()
    assert not residual_of(q, graph, values, TOLERANCE).forward


def test_every_operation_of_the_table_has_a_form_here() -> None:
    """No row of the table goes untested."""
    seen = set()
    stack = list(FORMS.values())
    while stack:
        expr = stack.pop()
        seen.add(type(expr))
        stack += ex.operands(expr)

    assert set(INVERSES) <= seen


@pytest.mark.parametrize("name", FORWARD)
def test_what_is_not_one_to_one_stays_forward(name: str) -> None:
    """A root, a look-up, a long sum, a choice are compared as they are."""
    graph, values, q = graph_of(FORWARD[name])
    residual = residual_of(q, graph, values, TOLERANCE)

    assert residual.forward
    assert residual.right == FORWARD[name]
    assert tells(residual, q, values, TOLERANCE)


@pytest.mark.parametrize("change", [{"shared": True}, {"shape": (1, 3)}])
def test_what_all_samples_share_and_what_has_several_rows_stays_forward(change: dict[str, Any]) -> None:
    """The numbers of one cell speak for one element of one sample alone, so nothing is isolated from others' cells."""
    graph, values, q = graph_of(A + B)

    assert not residual_of(q, graph, values, TOLERANCE).forward
    assert residual_of(replace(q, **change), graph, values, TOLERANCE).forward


def test_a_form_that_would_divide_by_nearly_nothing_is_not_taken() -> None:
    """Of c = a·b + c·d that value is isolated whose factor is farthest from zero."""
    graph, values, q = graph_of(FORMS["cell state"])
    values |= {"n.a": np.full((1, 3), 1e-5), "n.b": np.full((1, 3), 0.2), "n.d": np.full((1, 3), 0.9)}
    values = evaluate(graph, {name: values[name] for name in values if name != q.name})
    residual = residual_of(q, graph, values, TOLERANCE)
    smallest = min(float(np.abs(values[name]).min()) for d in residual.divisors for name in ex.refs(d))

    assert not residual.forward
    assert smallest == min(0.9, float(values["n.c"].min())) or smallest >= 0.3


@pytest.mark.parametrize("name", ["matrix", "transposed"])
def test_weights_of_zero_are_not_divided_by(name: str) -> None:
    """A product with a matrix that is partly 0 is told from what is beside it all the same, and not forward."""
    graph, values, q = graph_of(FORMS[name])
    weights = "n.m" if name == "matrix" else "n.t"
    values[weights] = values[weights] * np.eye(*values[weights].shape)
    values = evaluate(graph, {name: values[name] for name in values if name not in (q.name, "n.o")})
    residual = residual_of(q, graph, values, TOLERANCE)

    assert not residual.forward
    assert not residual.divisors
    assert tells(residual, q, values, TOLERANCE)


def test_a_saturated_gate_is_compared_forward() -> None:
    """Where a sigmoid is 1 to the last digits, its logarithm says nothing about what it read."""
    graph, values, q = graph_of(FORMS["sigmoid"])
    values = evaluate(
        graph, {**{name: values[name] for name in values if name != q.name}, "n.a": np.full((1, 3), 30.0)}
    )

    assert saturated(q, values)
    assert residual_of(q, graph, values, TOLERANCE).forward
