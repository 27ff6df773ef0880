"""What a live mark computes: whether a number fits those that it was computed from, without the number itself.

A mark must not hold the answer. So the equation is turned round: one of the values that it reads is isolated, and
what stands on the other side is computed from the student's own number. Of a = σ(z) the mark compares ln(a/(1−a))
with z, of c = f·c₋₁ + i·g it compares (c − f·c₋₁)/i with g. That holds no answer, and a number is judged by those it
was given, right or wrong: errors carried forward cost nothing.

How an operation is turned round is one row of `INVERSES` for each class of expressions that is one to one; all
others (a maximum, a softmax, a product of a vector and a matrix) are compared as they are, forward.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from xlcheck.graph import expressions as ex
from xlcheck.graph.evaluate import Array, value_of
from xlcheck.graph.quantities import Graph, Quantity

SLOPE = 0.01
"""A gate whose slope is smaller says the same whatever it reads: it is saturated."""

SMALL = 1e-3
"""Nothing is divided by a number that is smaller."""

_NOTICED = 100  # times the tolerance: what a mark must not take for right
_CERTAIN = 0.1  # times the tolerance: how far rounding may lead


@dataclass(frozen=True)
class Residual:
    """Two expressions that are equal if and only if a number fits those that it is computed from.

    Attributes:
        left: what the number says.
        right: what it is computed from.
        divisors: what is divided by; none of them may be nearly zero.
        forward: whether the right side is the equation itself, which nobody is to see.
    """

    left: ex.Expr
    right: ex.Expr
    divisors: tuple[ex.Expr, ...] = ()
    forward: bool = False

    def difference(self, values: Mapping[str, Array]) -> Array:
        """How far apart they are, relative to the right side, or to 1 if that is smaller."""
        left, right = value_of(self.left, values), value_of(self.right, values)
        return np.abs(left - right) / np.maximum(1.0, np.abs(right))


_Turned = Iterator[tuple[ex.Expr, ex.Expr, tuple[ex.Expr, ...]]]
"""An operand, what it must be, and what that divides by."""


def residual_of(q: Quantity, graph: Graph, values: Mapping[str, Array], tolerance: float) -> Residual:
    """The best form for a quantity: turned round where that tells right from wrong with the numbers at hand.

    Args:
        q: a computed quantity.
        graph: what it is part of.
        values: of all quantities.
        tolerance: how far apart the two sides may be.
    """
    if q.expr is None:
        raise ValueError(f"{q.name} is given, not computed")
    own = ex.Ref(q.name)
    found = [] if len(q.shape) > 1 or q.shared else list(isolated(q.expr, own, (), graph))
    useful = [residual for residual in found if tells(residual, q, values, tolerance)]
    if not useful:
        return Residual(own, q.expr, forward=True)
    return min(useful, key=lambda residual: _roughness(residual, values))


def tells(residual: Residual, q: Quantity, values: Mapping[str, Array], tolerance: float) -> bool:
    """Whether a residual says right of a quantity's true numbers, and wrong of numbers a little beside them."""
    if any((np.abs(value_of(divisor, values)) < SMALL).any() for divisor in residual.divisors):
        return False
    if (residual.difference(values) > _CERTAIN * tolerance).any():
        return False
    for sign in (-1, 1):
        aside = values[q.name] + sign * _NOTICED * tolerance * np.maximum(1.0, np.abs(values[q.name]))
        difference = residual.difference({**values, q.name: aside})
        if not np.isfinite(difference).all() or (difference <= tolerance).any():
            return False
    return True


def saturated(q: Quantity, values: Mapping[str, Array]) -> bool:
    """Whether a sigmoid or a tanh has numbers at which it no longer answers to what it reads."""
    value = values[q.name]
    match q.expr:
        case ex.Sigmoid():
            return bool((value * (1 - value) < SLOPE).any())
        case ex.Tanh():
            return bool((1 - value * value < SLOPE).any())
    return False


def _roughness(residual: Residual, values: Mapping[str, Array]) -> tuple[bool, float]:
    """Forms that do not divide come first, then those that divide by the largest number."""
    sizes = [float(np.abs(value_of(divisor, values)).min()) for divisor in residual.divisors]
    return bool(sizes), -min(sizes, default=0.0)


def isolated(expr: ex.Expr, left: ex.Expr, divisors: tuple[ex.Expr, ...], graph: Graph) -> Iterator[Residual]:
    """Every form in which one of the values that an expression reads stands alone."""
    if isinstance(expr, ex.Ref | ex.Slice):
        yield Residual(left, expr, divisors)
        return
    turn = INVERSES.get(type(expr))
    for operand, wanted, divisor in () if turn is None else turn(expr, left, graph):
        yield from isolated(operand, wanted, (*divisors, *divisor), graph)


def _dot(e: ex.Dot, y: ex.Expr, graph: Graph) -> _Turned:
    """Of a vector of one element: each product can be divided by the weight."""
    if not isinstance(e.x, ex.Ref) or graph[e.x.name].shape != (1,):
        return
    matrix = e.matrix
    if isinstance(matrix, ex.Slice):
        if matrix.row is None and len(graph[matrix.of.name].shape) == 2:
            weight = ex.Slice(matrix.of, matrix.start, matrix.stop, 0)
            yield e.x, y / weight, (weight,)
    elif len(graph[matrix.name].shape) == 2:
        weight = ex.Slice(matrix, 0, graph[matrix.name].shape[-1], 0)
        yield e.x, y / weight, (weight,)


def _mul(e: ex.Mul, y: ex.Expr, graph: Graph) -> _Turned:
    yield e.a, y / e.b, (e.b,)
    yield e.b, y / e.a, (e.a,)


def _div(e: ex.Div, y: ex.Expr, graph: Graph) -> _Turned:
    yield e.a, y * e.b, ()
    yield e.b, e.a / y, (y,)


def _total(e: ex.Total, y: ex.Expr, graph: Graph) -> _Turned:
    for place, item in enumerate(e.items):
        rest = y
        for other in (*e.items[:place], *e.items[place + 1 :]):
            rest = rest - other
        yield item, rest, ()


def _unary(inverse: Callable[[ex.Expr], ex.Expr]) -> Callable[..., _Turned]:
    def turn(e: ex.Unary, y: ex.Expr, graph: Graph) -> _Turned:
        yield e.x, inverse(y), ()

    return turn


def _add(e: ex.Add, y: ex.Expr, graph: Graph) -> _Turned:
    yield e.a, y - e.b, ()
    yield e.b, y - e.a, ()


def _sub(e: ex.Sub, y: ex.Expr, graph: Graph) -> _Turned:
    yield e.a, y + e.b, ()
    yield e.b, e.a - y, ()


# Operations that are one to one wherever they are defined.
INVERSES: dict[type[ex.Expr], Callable[[Any, ex.Expr, Graph], _Turned]] = {
    ex.Neg: _unary(lambda y: -y),
    ex.Exp: _unary(ex.Log),
    ex.Log: _unary(ex.Exp),
    ex.Tanh: _unary(lambda y: ex.Log((1 + y) / (1 - y)) / 2),  # the inverse hyperbolic tangent
    ex.Sigmoid: _unary(lambda y: ex.Log(y / (1 - y))),
    ex.Softplus: _unary(lambda y: ex.Log(ex.Exp(y) - 1)),
    ex.Add: _add,
    ex.Sub: _sub,
    ex.Mul: _mul,
    ex.Div: _div,
    ex.Dot: _dot,
    ex.Total: _total,
}
