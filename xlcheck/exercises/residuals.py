"""What a live mark computes: whether a number fits those that it was computed from, without the number itself.

A mark must not hold the answer. So the equation is turned round: one of the values that it reads is isolated, and
what stands on the other side is computed from the student's own number. Of a = σ(z) the mark compares ln(a/(1−a))
with z, of c = f·c₋₁ + i·g it compares (c − f·c₋₁)/i with g. That holds no answer, and a number is judged by those it
was given, right or wrong: errors carried forward cost nothing.

How an operation is turned round is one row of `INVERSES` for each class of expressions. Of a product of a vector and
a matrix one number of the vector is isolated; of a softmax ln(a) + ln(Σ exp(z)) is compared with z; a maximum is known
by what is 0 there and nowhere else, the smallest of y and y − z. All others (a look-up, a choice, a gradient of a
weight) are compared as they are, forward.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeVar

import numpy as np

from xlcheck.arrays import Array
from xlcheck.graph import expressions as ex
from xlcheck.graph.evaluate import value_of
from xlcheck.graph.quantities import Graph, Quantity

SLOPE = 0.01
"""A gate whose slope is smaller says the same whatever it reads: it is saturated."""

SMALL = 1e-3
"""Nothing is divided by a number that is smaller."""

_MOST_TERMS = 64
"""Of a vector: a mark that takes off all others would be too long to be read."""

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


Item = TypeVar("Item")
_Turned = Iterator[tuple[ex.Expr, ex.Expr, tuple[ex.Expr, ...]]]
"""An operand, what it must be, and what that divides by."""


def residual_of(q: Quantity, graph: Graph, values: Mapping[str, Array], tolerance: float) -> Residual:
    """The best form for a quantity: turned round where that tells right from wrong with the numbers at hand."""
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
    true = values[q.name]
    step = _NOTICED * tolerance * np.maximum(1.0, np.abs(true))
    if len(true) == 1:  # all three at once, as if they were samples
        difference = residual.difference({**values, q.name: np.concatenate([true, true - step, true + step])})
    else:
        each = (residual.difference({**values, q.name: own}) for own in (true, true - step, true + step))
        difference = np.stack(list(each))
    right, beside = difference[0], difference[1:]
    return bool((right <= _CERTAIN * tolerance).all() and np.isfinite(beside).all() and (beside > tolerance).all())


def saturated(q: Quantity, values: Mapping[str, Array]) -> bool:
    """Whether a sigmoid or a tanh has numbers at which it no longer answers to what it reads."""
    value = values[q.name]
    match q.expr:
        case ex.Sigmoid():
            return bool((value * (1 - value) < SLOPE).any())
        case ex.Tanh():
            return bool((1 - value * value < SLOPE).any())
    return False


def _roughness(residual: Residual, values: Mapping[str, Array]) -> tuple[bool, bool, float]:
    """Forms that isolate a number come first, of these those that do not divide or divide by the largest number."""
    sizes = [float(np.abs(value_of(divisor, values)).min()) for divisor in residual.divisors]
    return isinstance(residual.right, ex.Mul), bool(sizes), -min(sizes, default=0.0)


def isolated(expr: ex.Expr, left: ex.Expr, divisors: tuple[ex.Expr, ...], graph: Graph) -> Iterator[Residual]:
    """Every form in which one of the values that an expression reads stands alone."""
    if _is_copied(expr):
        yield Residual(left, expr, divisors)
        return
    if isinstance(expr, ex.Relu | ex.Maximum | ex.Largest | ex.FirstLargest):
        items = (*ex.operands(expr), ex.Const(0.0)) if isinstance(expr, ex.Relu) else ex.operands(expr)
        if all(_is_copied(item) or isinstance(item, ex.Const) for item in items):
            yield Residual(-ex.Largest(tuple(item - left for item in items)), ex.Const(0.0), divisors)
        return
    if isinstance(expr, ex.Dot | ex.DotTransposed):
        (first, weight), *others = _terms(expr, graph) or [(expr, expr)]
        if others:  # for weights of 0, by which nothing can be divided
            rest = _less(left, [operand * factor for operand, factor in others])
            yield Residual(rest, first * weight, divisors)
    turn = INVERSES.get(type(expr))
    for operand, wanted, divisor in () if turn is None else turn(expr, left, graph):
        yield from isolated(operand, wanted, (*divisors, *divisor), graph)


def _is_copied(expr: ex.Expr) -> bool:
    """Whether an expression is values as they stand somewhere, one after the other."""
    return isinstance(expr, ex.Ref | ex.Slice) or (isinstance(expr, ex.Concat) and all(map(_is_copied, expr.items)))


def _elements(x: ex.Expr, graph: Graph) -> list[ex.Expr]:
    """The numbers of a vector, each by itself; none of one that is long, or need not stand anywhere."""
    if not isinstance(x, ex.Ref | ex.Slice) or (isinstance(x, ex.Slice) and x.row is not None):
        return []
    name, start, stop = (x.name, 0, graph[x.name].shape[-1]) if isinstance(x, ex.Ref) else (x.of.name, x.start, x.stop)
    if isinstance(graph[name].expr, ex.OneHot) or len(graph[name].shape) > 1 or stop - start > _MOST_TERMS:
        return []
    if stop - start == 1 and isinstance(x, ex.Ref):
        return [x]
    return [ex.Slice(ex.Ref(name), at, at + 1) for at in range(start, stop)]


def _columns(matrix: ex.Ref | ex.Slice, graph: Graph) -> tuple[ex.Ref, int, int] | None:
    """A matrix, and which of its columns are meant; None for one of several matrices."""
    if isinstance(matrix, ex.Ref):
        shape = graph[matrix.name].shape
        return (matrix, 0, shape[-1]) if len(shape) == 2 else None
    return (matrix.of, matrix.start, matrix.stop) if matrix.row is None else None


def _less(y: ex.Expr, items: Iterable[ex.Expr]) -> ex.Expr:
    """What is left when items are taken off."""
    return reduce(ex.Expr.__sub__, items, y)


def _each(items: Sequence[Item]) -> Iterator[tuple[Item, Sequence[Item]]]:
    """Each of some items, and all others."""
    return ((item, (*items[:place], *items[place + 1 :])) for place, item in enumerate(items))


def _terms(e: ex.Dot | ex.DotTransposed, graph: Graph) -> list[tuple[ex.Expr, ex.Expr]]:
    """The numbers of a product of a vector and a matrix, each with its weights; none if they are not written out."""
    found = _columns(e.matrix, graph)
    if found is None or len(graph[found[0].name].shape) != 2:
        return []
    matrix, start, stop = found
    elements = _elements(e.x, graph)
    if isinstance(e, ex.Dot):
        return [(x, ex.Slice(matrix, start, stop, row)) for row, x in enumerate(elements)]
    columns = [ex.Slice(matrix, start + at, start + at + 1) for at in range(len(elements))]
    return [(x, ex.DotTransposed(ex.Const(1.0), column)) for x, column in zip(elements, columns, strict=True)]


def _product(e: ex.Dot | ex.DotTransposed, y: ex.Expr, graph: Graph) -> _Turned:
    for (operand, weight), others in _each(_terms(e, graph)):
        yield operand, _less(y, [other * factor for other, factor in others]) / weight, (weight,)


def _softmax(e: ex.Softmax, y: ex.Expr, graph: Graph) -> _Turned:
    del graph
    yield e.x, ex.Log(y) + ex.LogSumExp(e.x), ()


def _sum(e: ex.Sum, y: ex.Expr, graph: Graph) -> _Turned:
    for element, others in _each(_elements(e.x, graph)):
        yield element, _less(y, others), ()


def _mul(e: ex.Mul, y: ex.Expr, graph: Graph) -> _Turned:
    yield e.a, y / e.b, (e.b,)
    yield e.b, y / e.a, (e.a,)


def _div(e: ex.Div, y: ex.Expr, graph: Graph) -> _Turned:
    yield e.a, y * e.b, ()
    yield e.b, e.a / y, (y,)


def _total(e: ex.Total, y: ex.Expr, graph: Graph) -> _Turned:
    for item, others in _each(e.items):
        yield item, _less(y, others), ()


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


# Operations of which one operand follows from the result and the others, wherever they are defined.
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
    ex.Dot: _product,
    ex.DotTransposed: _product,
    ex.Softmax: _softmax,
    ex.Sum: _sum,
    ex.Total: _total,
}
