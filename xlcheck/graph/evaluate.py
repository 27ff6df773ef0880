"""The value of each expression in NumPy float64: one row for each operation.

Values of a sample's quantities carry a leading axis of samples, `(samples, n)`; weights do not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from xlcheck.errors import NotSupportedError
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Graph

Array = NDArray[np.float64]
Values = Mapping[str, Array]


def evaluate(graph: Graph, given: Values) -> dict[str, Array]:
    """Compute every quantity of a graph; every named intermediate comes back.

    Args:
        graph: the quantities, in order of computation.
        given: inputs, targets and initial states `(samples, n)`, and weights.

    Returns:
        All values by name, the given ones included.

    Raises:
        KeyError: a quantity without an expression is not in `given`.
    """
    values: dict[str, Array] = {}
    for q in graph:
        values[q.name] = given[q.name] if q.expr is None else value_of(q.expr, values)
    return values


def value_of(expr: ex.Expr, values: Values) -> Array:
    """Value of one expression from the values of the quantities it reads.

    Raises:
        NotSupportedError: the operation has no row here.
    """
    rule = _RULES.get(type(expr))
    if rule is None:
        raise NotSupportedError(f"no NumPy rule for the operation {type(expr).__name__}")
    with np.errstate(all="ignore"):  # infinities and NaNs are values here; the check names them
        return rule(expr, values)


def sigmoid(x: Array) -> Array:
    """1 / (1 + e^-x) without overflow for any finite x."""
    e = np.exp(-np.abs(x))
    numerator: Array = np.where(x >= 0, 1.0, e)
    return numerator / (1 + e)


def softmax(x: Array) -> Array:
    """Softmax over the last axis, shifted by its maximum so that nothing overflows."""
    e: Array = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / np.sum(e, axis=-1, keepdims=True)


def _slice(e: ex.Slice, v: Values) -> Array:
    array = v[e.of.name] if e.row is None else v[e.of.name][e.row]
    return array[..., e.start : e.stop]


def _unary(function: Callable[[Array], Array]) -> Callable[..., Array]:
    return lambda e, v: function(value_of(e.x, v))


def _binary(function: Callable[[Array, Array], Array]) -> Callable[..., Array]:
    return lambda e, v: function(value_of(e.a, v), value_of(e.b, v))


def _batch_mean(x: Array) -> Array:
    return np.broadcast_to(x.mean(axis=0, keepdims=True), x.shape)


def _binary_crossentropy(e: ex.BinaryCrossentropy, v: Values) -> Array:
    z, y = value_of(e.logit, v), value_of(e.target, v)
    return np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z)))


def _categorical_crossentropy(e: ex.CategoricalCrossentropy, v: Values) -> Array:
    z, y = value_of(e.logit, v), value_of(e.target, v)
    shifted = z - z.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))
    return 0.0 - np.sum(y * log_p, axis=-1, keepdims=True)  # never -0.0


_RULES: dict[type[ex.Expr], Callable[..., Array]] = {
    ex.Ref: lambda e, v: v[e.name],
    ex.Const: lambda e, v: np.array([e.value]),
    ex.Slice: _slice,
    ex.Dot: lambda e, v: value_of(e.x, v) @ value_of(e.matrix, v),
    ex.Neg: _unary(np.negative),
    ex.Exp: _unary(np.exp),
    ex.Log: _unary(np.log),
    ex.Tanh: _unary(np.tanh),
    ex.Sigmoid: _unary(sigmoid),
    ex.Softmax: _unary(softmax),
    ex.Sum: _unary(lambda x: x.sum(axis=-1, keepdims=True)),
    ex.BatchMean: _unary(_batch_mean),
    ex.Add: _binary(np.add),
    ex.Sub: _binary(np.subtract),
    ex.Mul: _binary(np.multiply),
    ex.Div: _binary(np.divide),
    ex.BinaryCrossentropy: _binary_crossentropy,
    ex.CategoricalCrossentropy: _categorical_crossentropy,
}
