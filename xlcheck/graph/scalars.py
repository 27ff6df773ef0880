"""A graph for one batch → the same with one quantity for each number, as a row of a table needs it.

Vectors and matrices are taken apart, and every sample gets quantities of its own; sums over units,
steps and samples are written out. What was shared by all samples and what belonged to one sample
are then alike, so that rows of a table (the epochs of a training) can take the place of samples.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import reduce
from operator import add
from typing import Any

from xlcheck.errors import NotSupportedError
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Graph, Quantity, Role
from xlcheck.graph.shapes import shape_of

Index = tuple[int, ...]


def scalar_name(q: Quantity, index: Index, sample: int | None = None) -> str:
    """`lstm.kernel[0][2]`; with a sample `sample1.lstm.h[0]`, and with several units `sample1.lstm.h[0][2]`."""
    prefix = "" if sample is None or q.is_weight else f"sample{sample + 1}."
    return prefix + (q.element(index) if math.prod(q.shape) > 1 else q.name)


def indices(q: Quantity) -> Iterator[Index]:
    """The index of each element, in C order."""
    places: list[Index] = [()]
    for size in q.shape:
        places = [(*place, i) for place in places for i in range(size)]
    return iter(places)


def scalar_graph(graph: Graph, samples: int) -> Graph:
    """Take a graph apart.

    Args:
        graph: forward pass, gradients, a step of an optimiser.
        samples: how many samples the batch has.

    Returns:
        One quantity of one element for each number; their bands keep role, equation and meaning.

    Raises:
        NotSupportedError: an operation cannot be taken apart.
    """
    quantities = []
    for q in graph:
        for sample in [None] if q.is_weight else range(samples):
            for index in indices(q):
                expr = None if q.expr is None else _Apart(graph, samples, sample).element(q.expr, index)
                quantities.append(_scalar(q, index, sample, expr))
    return Graph(tuple(quantities))


def _scalar(q: Quantity, index: Index, sample: int | None, expr: ex.Expr | None) -> Quantity:
    layer, _, symbol = scalar_name(q, index, sample).rpartition(f"{q.band.layer}.")
    role = Role.STATE if q.band.role is Role.WEIGHT else q.band.role  # it differs from row to row
    return Quantity(replace(q.band, layer=f"{layer}{q.band.layer}", symbol=symbol, role=role), None, (1,), expr)


class _Apart:
    """Elements of expressions for one sample; None for what all samples share."""

    def __init__(self, graph: Graph, samples: int, sample: int | None) -> None:
        self.graph = graph
        self.samples = range(samples)
        self.sample = sample

    def of(self, sample: int) -> _Apart:
        """The same for another sample."""
        return _Apart(self.graph, len(self.samples), sample)

    def shape(self, expr: ex.Expr) -> Index:
        """The shape of an expression."""
        return shape_of(expr, lambda name: self.graph[name].shape)

    def element(self, expr: ex.Expr, index: Index) -> ex.Expr:
        """One element as an expression over quantities of one element."""
        rule = _RULES.get(type(expr))
        if rule is None:
            raise NotSupportedError(f"the operation {type(expr).__name__} cannot be taken apart into single numbers")
        found: ex.Expr = rule(self, expr, index)
        return found

    def ref(self, name: str, index: Index) -> ex.Expr:
        """An element of a quantity; the only one of a quantity that is broadcast."""
        q = self.graph[name]
        return ex.Ref(scalar_name(q, (0,) * len(q.shape) if math.prod(q.shape) == 1 else index, self.sample))

    def of_all(self, expr: ex.Expr, index: Index) -> list[ex.Expr]:
        """An element of each sample."""
        return [self.of(sample).element(expr, index) for sample in self.samples]

    def vector(self, expr: ex.Expr) -> list[ex.Expr]:
        """All elements of a vector."""
        return [self.element(expr, (i,)) for i in range(self.shape(expr)[-1])]


def total(items: Sequence[ex.Expr]) -> ex.Expr:
    """The sum of some expressions, written out."""
    return reduce(add, items)


def _slice(apart: _Apart, e: ex.Slice, index: Index) -> ex.Expr:
    *rows, column = index
    own = [e.row] if e.row is not None else rows
    return apart.ref(e.of.name, (*own, column + e.start))


def _same(apart: _Apart, e: Any, index: Index) -> ex.Expr:
    """An operation that works element by element."""
    fields = {name: getattr(e, name) for name in e.__dataclass_fields__}
    same: ex.Expr = type(e)(**{name: apart.element(operand, index) for name, operand in fields.items()})
    return same


def _each(combine: Callable[[Sequence[ex.Expr]], ex.Expr]) -> Callable[..., ex.Expr]:
    return lambda apart, e, index: combine([apart.element(item, index) for item in e.items])


def _product(place: Callable[[Index, int], Index]) -> Callable[..., ex.Expr]:
    """A vector times a matrix, of whose elements `place` names the k-th that this one is summed over."""
    return lambda apart, e, index: total(
        [x * apart.element(e.matrix, place(index, k)) for k, x in enumerate(apart.vector(e.x))]
    )


def _outer_sum(apart: _Apart, e: ex.OuterSum, index: Index) -> ex.Expr:
    row, column = index
    return total(
        [
            own.element(x, (row,)) * own.element(d, (column,))
            for own in map(apart.of, apart.samples)
            for x, d in zip(e.xs, e.ds, strict=True)
        ]
    )


def _concat(apart: _Apart, e: ex.Concat, index: Index) -> ex.Expr:
    *rows, column = index
    for item in e.items:
        size = apart.shape(item)[-1]
        if column < size:
            return apart.element(item, (*rows, column))
        column -= size
    raise IndexError(f"the joined vectors have no element {index}")


def _softmax(apart: _Apart, e: ex.Softmax, index: Index) -> ex.Expr:
    items = apart.vector(e.x)
    powers = [ex.Exp(item - ex.Largest(tuple(items))) for item in items]
    return powers[index[-1]] / total(powers)


def _categorical_crossentropy(apart: _Apart, e: ex.CategoricalCrossentropy, index: Index) -> ex.Expr:
    logits, targets = apart.vector(e.logit), apart.vector(e.target)
    largest = ex.Largest(tuple(logits))
    log_sum = largest + ex.Log(total([ex.Exp(z - largest) for z in logits]))
    return total([y * (log_sum - z) for y, z in zip(targets, logits, strict=True)])


_ELEMENTWISE = (
    ex.Neg, ex.Exp, ex.Log, ex.Tanh, ex.Sigmoid, ex.Abs, ex.Sign, ex.Sqrt, ex.Expm1, ex.Relu, ex.Softplus,
    ex.NormalCdf, ex.Add, ex.Sub, ex.Mul, ex.Div, ex.Power, ex.Maximum, ex.Minimum, ex.Greater, ex.NotEqual, ex.Where,
    ex.BinaryCrossentropy,
)  # fmt: skip
_RULES: dict[type[ex.Expr], Callable[..., ex.Expr]] = {
    **dict.fromkeys(_ELEMENTWISE, _same),
    ex.Ref: lambda apart, e, index: apart.ref(e.name, index),
    ex.Const: lambda apart, e, index: e,
    ex.Slice: _slice,
    ex.Dot: _product(lambda index, k: (k, *index)),
    ex.DotTransposed: _product(lambda index, k: (*index, k)),
    ex.OuterSum: _outer_sum,
    ex.BatchSum: lambda apart, e, index: total(apart.of_all(e.x, index)),
    ex.BatchMean: lambda apart, e, index: total(apart.of_all(e.x, index)) / len(apart.samples),
    ex.Sum: lambda apart, e, index: total(apart.vector(e.x)),
    ex.Stack: lambda apart, e, index: apart.element(e.items[index[0]], index[1:]),
    ex.Concat: _concat,
    ex.Total: _each(total),
    ex.Largest: _each(lambda items: ex.Largest(tuple(items))),
    ex.FirstLargest: _each(lambda items: ex.FirstLargest(tuple(items))),
    ex.Softmax: _softmax,
    ex.CategoricalCrossentropy: _categorical_crossentropy,
}
