"""The value of each expression in NumPy float64: one row for each operation.

Values of a sample's quantities carry a leading axis of samples, `(samples, n)`; weights do not.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from xlcheck.arrays import Array, Values
from xlcheck.errors import NotSupportedError
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Graph, Quantity
from xlcheck.numerics import dot, exp, expm1, log, log1p, power, tanh


def evaluate(
    graph: Graph, given: Values, *, until: Callable[[Quantity, Values], bool] = lambda q, values: False
) -> dict[str, Array]:
    """Compute every quantity of a graph; every named intermediate comes back.

    Args:
        graph: the quantities, in order of computation.
        given: inputs, targets and initial states `(samples, n)`, and weights.
        until: asked after each computed quantity; where it says so, nothing more is computed.

    Returns:
        All values by name, the given ones included.

    Raises:
        KeyError: a quantity without an expression is not in `given`.
    """
    values: dict[str, Array] = {}
    samples = next((len(given[q.name]) for q in graph if q.expr is None and not q.is_weight), 1)
    with _no_warnings():
        for q in graph:
            value = given[q.name] if q.expr is None else _value(q.expr, values)
            shape = (samples, *q.shape)
            # An expression of constants has no axis of samples of its own.
            values[q.name] = value if q.is_weight or value.shape == shape else np.broadcast_to(value, shape)
            if q.expr is not None and until(q, values):
                break
    return values


def value_of(expr: ex.Expr, values: Values) -> Array:
    """Value of one expression from the values of the quantities it reads.

    Raises:
        NotSupportedError: the operation has no row here.
    """
    with _no_warnings():
        return _value(expr, values)


def _value(expr: ex.Expr, values: Values) -> Array:
    rule = _RULES.get(type(expr))
    if rule is None:
        raise NotSupportedError(f"no NumPy rule for the operation {type(expr).__name__}")
    return rule(expr, values)


def _no_warnings() -> np.errstate:
    """Infinities and NaNs are values here; the check names them."""
    return np.errstate(all="ignore")


def sigmoid(x: Array) -> Array:
    """1 / (1 + e^-x) without overflow for any finite x."""
    e: Array = exp(-np.abs(x))
    numerator: Array = np.where(x >= 0, 1.0, e)
    return numerator / (1 + e)


def softmax(x: Array) -> Array:
    """Softmax over the last axis, shifted by its maximum so that nothing overflows."""
    e: Array = exp(x - np.max(x, axis=-1, keepdims=True))
    return e / _sum(e)


def log_sum_exp(x: Array) -> Array:
    """The logarithm of Σ e^x over the last axis, kept as an axis of one element, shifted like `softmax`."""
    largest: Array = np.max(x, axis=-1, keepdims=True)
    return largest + log(_sum(exp(x - largest)))


def softplus(x: Array) -> Array:
    """The logarithm of 1 + e^x, without overflow for any finite x."""
    return np.maximum(x, 0) + log1p(exp(-np.abs(x)))


def normal_cdf(x: Array) -> Array:
    """The standard normal distribution function, exact in relative terms in its lower tail."""
    return np.asarray(_ERFC(-x / np.sqrt(2)) / 2, dtype=np.float64)


_ERFC = np.vectorize(math.erfc, otypes=[np.float64])


def _sum(x: Array) -> Array:
    return np.asarray(np.sum(x, axis=-1, keepdims=True))


def _slice(e: ex.Slice, v: Values) -> Array:
    array = v[e.of.name] if e.row is None else v[e.of.name][e.row]
    return array[..., e.start : e.stop]


def _unary(function: Callable[[Array], Array]) -> Callable[..., Array]:
    return lambda e, v: function(_value(e.x, v))


def _binary(function: Callable[[Array, Array], Array]) -> Callable[..., Array]:
    return lambda e, v: function(_value(e.a, v), _value(e.b, v))


def _comparison(function: Callable[[Array, Array], Array]) -> Callable[..., Array]:
    """1 where it holds, 0 where it does not, and NaN where one side is no number, as a worksheet gives an error."""
    return _binary(lambda a, b: np.where(np.isnan(a) | np.isnan(b), np.nan, function(a, b)))


def _where(e: ex.Where, v: Values) -> Array:
    test = _value(e.test, v)
    return np.where(np.isnan(test), np.nan, np.where(test != 0, _value(e.a, v), _value(e.b, v)))


def _gather(e: ex.Gather, v: Values) -> Array:
    """The row of each code, and NaN where a code has none, as a worksheet gives an error."""
    matrix, codes = v[e.matrix.name], _value(e.index, v)[..., 0]
    known = (codes >= 0) & (codes < len(matrix))
    rows: Array = matrix[np.where(known, codes, 0).astype(np.int64)]
    return np.where(known[..., None], rows, np.nan)


def _items(e: ex.Nary, v: Values) -> Array:
    """All items along a new first axis."""
    return np.stack(np.broadcast_arrays(*(_value(item, v) for item in e.items)))


def _concat(e: ex.Concat, v: Values) -> Array:
    values = [_value(item, v) for item in e.items]
    leading = np.broadcast_shapes(*(value.shape[:-1] for value in values))  # a constant has no axis of samples
    return np.concatenate([np.broadcast_to(value, (*leading, value.shape[-1])) for value in values], axis=-1)


def _outer_sum(e: ex.OuterSum, v: Values) -> Array:
    pairs = ((_value(x, v)[..., :, None], _value(d, v)[..., None, :]) for x, d in zip(e.xs, e.ds, strict=True))
    return np.asarray(sum((x * d).sum(axis=0) for x, d in pairs))


def _binary_crossentropy(e: ex.BinaryCrossentropy, v: Values) -> Array:
    z, y = _value(e.logit, v), _value(e.target, v)
    return np.maximum(z, 0) - z * y + log1p(exp(-np.abs(z)))


def _categorical_crossentropy(e: ex.CategoricalCrossentropy, v: Values) -> Array:
    z, y = _value(e.logit, v), _value(e.target, v)
    shifted = z - np.max(z, axis=-1, keepdims=True)
    log_p = shifted - log(_sum(exp(shifted)))
    return 0.0 - _sum(y * log_p)  # never -0.0


def _sparse_categorical_crossentropy(e: ex.SparseCategoricalCrossentropy, v: Values) -> Array:
    z, y = _value(e.logit, v), _value(e.target, v)
    own = np.where(y == np.arange(z.shape[-1]), z, 0.0)
    return log_sum_exp(z) - _sum(own)


_RULES: dict[type[ex.Expr], Callable[..., Array]] = {
    ex.Ref: lambda e, v: v[e.name],
    ex.Const: lambda e, v: np.array([e.value]),
    ex.Slice: _slice,
    ex.Dot: lambda e, v: dot(_value(e.x, v), _value(e.matrix, v)),
    ex.Neg: _unary(np.negative),
    ex.Exp: _unary(exp),
    ex.Log: _unary(log),
    ex.Tanh: _unary(tanh),
    ex.Sigmoid: _unary(sigmoid),
    ex.Abs: _unary(np.abs),
    ex.Sign: _unary(np.sign),
    ex.Sqrt: _unary(np.sqrt),
    ex.Expm1: _unary(expm1),
    ex.Relu: _unary(lambda x: np.maximum(x, 0)),
    ex.Softplus: _unary(softplus),
    ex.NormalCdf: _unary(normal_cdf),
    ex.Softmax: _unary(softmax),
    ex.LogSumExp: _unary(log_sum_exp),
    ex.Sum: _unary(_sum),
    ex.BatchMean: _unary(lambda x: np.broadcast_to(x.mean(axis=0, keepdims=True), x.shape)),
    ex.Add: _binary(np.add),
    ex.Sub: _binary(np.subtract),
    ex.Mul: _binary(np.multiply),
    ex.Div: _binary(np.divide),
    ex.Power: _binary(power),
    ex.Maximum: _binary(np.maximum),
    ex.Minimum: _binary(np.minimum),
    ex.Greater: _comparison(np.greater),
    ex.NotEqual: _comparison(np.not_equal),
    ex.Where: _where,
    ex.Gather: _gather,
    ex.OneHot: lambda e, v: np.asarray(_value(e.index, v) == np.arange(e.depth), dtype=np.float64),
    ex.Concat: _concat,
    ex.Total: lambda e, v: np.sum(_items(e, v), axis=0),
    ex.FirstLargest: lambda e, v: np.max(_items(e, v), axis=0),
    ex.Largest: lambda e, v: np.max(_items(e, v), axis=0),
    ex.DotTransposed: lambda e, v: dot(_value(e.x, v), _value(e.matrix, v).T),
    ex.OuterSum: _outer_sum,
    ex.BatchSum: _unary(lambda x: x.sum(axis=0)),
    ex.Stack: lambda e, v: np.stack([_value(item, v) for item in e.items]),
    ex.BinaryCrossentropy: _binary_crossentropy,
    ex.CategoricalCrossentropy: _categorical_crossentropy,
    ex.SparseCategoricalCrossentropy: _sparse_categorical_crossentropy,
}
