"""The closed set of operations: each has its row in every table, and computes what Keras computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from xlcheck.errors import NotSupportedError
from xlcheck.formulas.printing import TABLES
from xlcheck.graph import evaluate, expressions as ex, shapes
from xlcheck.model.keras_import import import_keras

X = np.array([[-40.0, -3.0, -0.5, 1e-9, 0.0, 2.0, 700.0]])
A, B = np.random.default_rng(0).normal(size=(2, 3, 4)).round(1)
VALUES = {"x": X, "a": A, "b": B, "one": A[:, :1], "m": np.arange(12.0).reshape(4, 3), "code": np.array([[2.0], [0.0]])}
x, a, b, one = map(ex.Ref, ("x", "a", "b", "one"))


BASES = (ex.Expr, ex.Unary, ex.Binary, ex.Nary, ex.Crossentropy)
OPERATIONS = [
    kind for kind in vars(ex).values() if isinstance(kind, type) and issubclass(kind, ex.Expr) and kind not in BASES
]
GRADIENTS = (ex.BatchSum, ex.DotTransposed, ex.OuterSum, ex.Stack)  # stand in no forward pass


@pytest.mark.parametrize("kind", OPERATIONS)
def test_every_operation_has_its_rows(kind: type[ex.Expr]) -> None:
    """A shape rule and a NumPy rule: none is forgotten when an operation is added."""
    assert any(issubclass(kind, base) for base in shapes._RULES)
    assert kind in evaluate._RULES


@pytest.mark.parametrize("kind", [kind for kind in OPERATIONS if kind not in GRADIENTS])
def test_every_operation_has_a_formula_in_every_style(kind: type[ex.Expr]) -> None:
    """No style is forgotten when an operation is added."""
    for style, table in TABLES.items():
        assert kind in table, style


@pytest.mark.parametrize("code", [-1.0, -0.5, 4.0, np.nan])
def test_a_code_without_a_row_has_no_value(code: float) -> None:
    """It is not counted from the end, and it spoils no other sample."""
    values = {**VALUES, "code": np.array([[code], [3.0]])}
    found = evaluate.value_of(ex.Gather(ex.Ref("m"), ex.Ref("code")), values)

    np.testing.assert_array_equal(found, [[np.nan] * 3, VALUES["m"][3]])


def test_unknown_operation_is_named() -> None:
    """An operation without a row is refused by name, not skipped."""

    class Unheard(ex.Expr):
        pass

    with pytest.raises(NotSupportedError, match="Unheard"):
        evaluate.value_of(Unheard(), {})
    with pytest.raises(NotSupportedError, match="Unheard"):
        shapes.shape_of(Unheard(), lambda name: (1,))


UNARY: list[tuple[type[ex.Unary], Callable[[Any, Any], Any]]] = [
    (ex.Neg, lambda k, v: k.negative(v)), (ex.Tanh, lambda k, v: k.tanh(v)), (ex.Sigmoid, lambda k, v: k.sigmoid(v)),
    (ex.Abs, lambda k, v: k.abs(v)), (ex.Sign, lambda k, v: k.sign(v)), (ex.Relu, lambda k, v: k.relu(v)),
    (ex.Softplus, lambda k, v: k.softplus(v)),
    (ex.Softmax, lambda k, v: k.softmax(v)), (ex.Exp, lambda k, v: k.exp(v)),
    (ex.Expm1, lambda k, v: k.expm1(k.minimum(v, 0.0))), (ex.Sqrt, lambda k, v: k.sqrt(k.abs(v))),
    (ex.Log, lambda k, v: k.log(k.abs(v))), (ex.LogSumExp, lambda k, v: k.logsumexp(v, axis=-1, keepdims=True)),
    (ex.Sum, lambda k, v: k.sum(v, axis=-1, keepdims=True)),
    (ex.NormalCdf, lambda k, v: 0.5 * (1 - k.erf(-v / np.sqrt(2.0)))),
]  # fmt: skip


@pytest.mark.keras
@pytest.mark.parametrize(("kind", "desired"), UNARY, ids=lambda item: getattr(item, "__name__", "keras"))
def test_functions_of_one_vector_are_keras_s(kind: type[ex.Unary], desired: Callable[[Any, Any], Any]) -> None:
    """Also far from 0 and very near to it."""
    inside = {ex.Expm1: ex.Minimum(x, ex.Const(0.0)), ex.Sqrt: ex.Abs(x), ex.Log: ex.Abs(x)}.get(kind, x)
    ops = import_keras().ops
    actual = evaluate.value_of(kind(inside), VALUES)

    np.testing.assert_allclose(actual, np.asarray(desired(ops, ops.convert_to_tensor(X))), rtol=1e-15, atol=1e-16)


BINARY: list[tuple[ex.Expr, Callable[[Any], Any]]] = [
    (a + b, lambda k: k.add(A, B)), (a - b, lambda k: k.subtract(A, B)), (a * b, lambda k: k.multiply(A, B)),
    (a / b, lambda k: k.divide(A, B)), (ex.Maximum(a, b), lambda k: k.maximum(A, B)),
    (ex.Minimum(a, b), lambda k: k.minimum(A, B)), (ex.Greater(a, b), lambda k: k.greater(A, B)),
    (ex.NotEqual(a, b), lambda k: k.not_equal(A, B)),
    (ex.Where(ex.Greater(a, b), a, ex.Const(0.5)), lambda k: k.where(k.greater(A, B), A, 0.5)),
    (ex.Concat((a, ex.Slice(b, 1, 3))), lambda k: k.concatenate([A, B[:, 1:3]], axis=-1)),
    (ex.Total((a, b, one)), lambda k: k.add(k.add(A, B), A[:, :1])),
    (ex.Largest((a, b, one)), lambda k: k.maximum(k.maximum(A, B), A[:, :1])),
    (ex.Dot(a, ex.Ref("m")), lambda k: k.matmul(A, VALUES["m"])),
    (ex.Gather(ex.Ref("m"), ex.Ref("code")), lambda k: k.take(VALUES["m"], [2, 0], axis=0)),
    (ex.OneHot(ex.Ref("code"), 4), lambda k: k.one_hot([2, 0], 4)),
    (ex.Slice(ex.Ref("m"), 1, 3, row=2), lambda k: k.take(VALUES["m"], 2, axis=0)[1:3]),
]  # fmt: skip


@pytest.mark.keras
@pytest.mark.parametrize(("expr", "desired"), BINARY, ids=lambda item: type(item).__name__)
def test_functions_of_several_vectors_are_keras_s(expr: ex.Expr, desired: Callable[[Any], Any]) -> None:
    """A vector of one element is used at each place of the others; comparisons give 1 and 0."""
    actual = evaluate.value_of(expr, VALUES)

    np.testing.assert_allclose(actual, np.asarray(desired(import_keras().ops)), rtol=1e-15)
    assert shapes.shape_of(expr, lambda name: VALUES[name].shape[-1:] if name != "m" else (4, 3)) == actual.shape[-1:]


@pytest.mark.parametrize(
    ("expr", "message"),
    [
        (a + ex.Ref("x"), "Add: shapes .* do not fit"),
        (ex.Dot(ex.Ref("x"), ex.Ref("m")), "7 elements cannot be multiplied by a 4 × 3 matrix"),
        (ex.Slice(a, 2, 5), r"no elements 2:5 in shape \(4,\)"),
        (ex.Slice(a, 0, 1, row=0), r"no row 0 in shape \(4,\)"),
        (ex.Slice(ex.Ref("m"), 0, 1, row=4), r"no row 4 in shape \(4, 3\)"),
        (ex.Gather(ex.Ref("m"), a), r"Gather: the index has shape \(4,\)"),
        (ex.OneHot(a, 3), r"OneHot: the index has shape \(4,\)"),
        (ex.Largest((a, ex.Ref("x"))), "Largest: shapes .* do not fit"),
    ],
)
def test_shapes_that_do_not_fit_are_an_error(expr: ex.Expr, message: str) -> None:
    """An equation with operands of the wrong size cannot be written down."""
    with pytest.raises(ValueError, match=message):
        shapes.shape_of(expr, lambda name: VALUES[name].shape[-1:] if name != "m" else (4, 3))


def test_refs_are_found_everywhere_once() -> None:
    """Also in the items of an operation on many vectors, in order of first use."""
    expr = ex.Total((b, ex.Where(ex.Greater(a, b), ex.Slice(ex.Ref("m"), 0, 1), a)))

    assert ex.refs(expr) == ("b", "a", "m")


@pytest.mark.parametrize("comparison", [ex.Greater, ex.NotEqual])
def test_a_comparison_with_no_number_is_no_number(comparison: type[ex.Binary]) -> None:
    """A worksheet has an error there, and in what is chosen by it; 1 or 0 would accuse the cell that compares."""
    values = {"x": np.array([[np.nan, 1.0]]), "y": np.array([[0.0, 2.0]])}
    test = comparison(ex.Ref("x"), ex.Const(0.0))

    assert np.isnan(evaluate.value_of(test, values)).tolist() == [[True, False]]
    assert np.isnan(evaluate.value_of(comparison(ex.Const(0.0), ex.Ref("x")), values)).tolist() == [[True, False]]
    assert np.isnan(evaluate.value_of(ex.Where(test, ex.Ref("y"), ex.Ref("y")), values)).tolist() == [[True, False]]
