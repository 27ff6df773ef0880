"""Reverse-mode differentiation: one local rule for each operation, nothing for any layer.

`backward` walks a graph from its loss to its weights. Each quantity that the loss depends on gets
a gradient quantity `layer.d_symbol[t]` with an expression of its own, so that values, formulas,
layout and check treat gradients like everything else. Source: Griewank and Walther, "Evaluating
Derivatives" (2008), chapter 3.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from xlcheck.errors import NotSupportedError
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Band, Graph, GraphBuilder, Quantity, Role
from xlcheck.graph.scalars import total
from xlcheck.grouping import grouped

PREFIX, MASK = "d_", "mask"

Local = Iterable[tuple[ex.Expr, ex.Expr]]
"""(operand, what flows back to it)."""


@dataclass(frozen=True)
class _Part:
    """What flows back to elements `start:stop` (of one row, if named) of a quantity."""

    start: int
    stop: int
    row: int | None
    flow: ex.Expr


def backward(graph: Graph, samples: int) -> Graph:
    """A graph with the gradient of the loss, `loss.mean` of so many samples, with respect to all that it depends on.

    Returns:
        The same quantities, followed by their gradients from the loss back to the weights. The
        gradient of a sample's quantity has that quantity's shape, `(samples, n)` as a value; that
        of a weight is the weight's shape, summed over steps and samples. Given inputs, targets, masks and
        integer codes get none, nor does a quantity that is merely a term of a sum: its gradient is the sum's.

    Raises:
        NotSupportedError: an operation on the way has no rule.
    """
    build = GraphBuilder()
    build.add(graph)
    parts: dict[str, list[_Part]] = {"loss.mean": [_Part(0, 1, None, ex.Const(1.0))]}
    weights = []
    for q in reversed(graph.quantities):
        if q.name not in parts or q.band.symbol == MASK:
            continue
        if q.is_weight:
            weights.append(q)
        elif q.band.role is not Role.INPUT and (q.expr is not None or q.band.symbol.endswith("_init")):
            flow = _gather_parts(build, q, parts[q.name])
            if not isinstance(flow, ex.Ref | ex.Const):
                flow = build.let(_band(q), flow, q.step)
            if q.expr is not None:
                _flow_back(build, q, flow, parts, samples)
    for q in reversed(weights):
        build.let(_band(q), _weight_gradient(build, q, parts[q.name]), q.step, shared=True)
    return build.build(tuple(ex.Ref(name) for name in graph.outputs))


def _band(q: Quantity) -> Band:
    what = q.band.label or q.band.symbol
    return Band(
        q.band.layer,
        PREFIX + q.band.symbol,
        Role.GRADIENT,
        f"∂L/∂{what}",
        meaning=f"How the mean loss changes when {what} changes a little.",
        group=q.band.group,
    )


def _flow_back(
    build: GraphBuilder, q: Quantity, gradient: ex.Expr, parts: dict[str, list[_Part]], samples: int
) -> None:
    """Hand a quantity's gradient on to the quantities its expression reads."""

    def visit(expr: ex.Expr, value: ex.Expr, flow: ex.Expr) -> None:
        match expr:
            case ex.Const():
                return
            case ex.Ref(name):
                size = build.shape(expr)[-1]
                parts.setdefault(name, []).append(_Part(0, size, None, _fit(build, flow, size)))
                return
            case ex.Slice(of, start, stop, row):
                parts.setdefault(of.name, []).append(_Part(start, stop, row, _fit(build, flow, stop - start)))
                return
        rule = _RULES.get(type(expr))
        if rule is None:
            raise NotSupportedError(f"{q.name}: the operation {type(expr).__name__} has no rule of differentiation")
        for operand, back in rule(build, expr, value, flow, samples):
            if not isinstance(operand, ex.Const):
                visit(operand, operand, _like(build, back, operand))

    if q.expr is not None:
        visit(q.expr, ex.Ref(q.name), gradient)


def _like(build: GraphBuilder, flow: ex.Expr, operand: ex.Expr) -> ex.Expr:
    """An operand of one element that was broadcast receives the sum of what flows back."""
    if isinstance(flow, ex.OuterSum | ex.BatchSum):
        return flow
    return ex.Sum(flow) if build.shape_of(operand) == (1,) != build.shape_of(flow) else flow


def _fit(build: GraphBuilder, flow: ex.Expr, size: int) -> ex.Expr:
    """A flow of one element, repeated for each element it came from."""
    if isinstance(flow, ex.OuterSum) or build.shape_of(flow)[-1] == size:
        return flow
    return ex.Concat((flow,) * size)


def _gather_parts(build: GraphBuilder, q: Quantity, parts: Iterable[_Part]) -> ex.Expr:
    """The sum of all that flows back to a vector; parts that do not overlap are joined first."""
    size = q.shape[-1]
    layers: list[list[_Part]] = []
    for part in sorted(parts, key=lambda p: p.start):
        layer = next((own for own in layers if own[-1].stop <= part.start), None)
        if layer is None:
            layers.append([part])
        else:
            layer.append(part)
    return total([_join(layer, size) for layer in layers])


def _join(parts: list[_Part], size: int) -> ex.Expr:
    items: list[ex.Expr] = []
    at = 0
    for part in parts:
        items += [ex.Const(0.0)] * (part.start - at) + [part.flow]
        at = part.stop
    items += [ex.Const(0.0)] * (size - at)
    return items[0] if len(items) == 1 else ex.Concat(tuple(items))


def _weight_gradient(build: GraphBuilder, q: Quantity, parts: list[_Part]) -> ex.Expr:
    """What flows back to a weight from every step and sample: column blocks side by side, rows below one another."""
    rows = sorted({part.row for part in parts}, key=lambda row: -1 if row is None else row)
    if rows == [None]:
        return _columns(build, [p for p in parts if p.row is None], q.shape[-1])
    if None in rows or rows != list(range(q.shape[0])):
        raise NotSupportedError(
            f"{q.name}: not all of its rows are used, as of a convolution that reaches further than there are steps; "
            "the gradients of such a model are not supported"
        )
    return ex.Stack(tuple(_columns(build, [p for p in parts if p.row == row], q.shape[-1]) for row in rows))


def _columns(build: GraphBuilder, parts: list[_Part], size: int) -> ex.Expr:
    blocks = grouped(((part.start, part.stop), part.flow) for part in parts)
    ends = sorted(blocks)
    if [start for start, _ in ends] != [0, *(stop for _, stop in ends[:-1])] or ends[-1][1] != size:
        raise NotSupportedError("columns of a weight are used that overlap or do not make up the whole")
    items = tuple(_summed(build, blocks[end]) for end in ends)
    return items[0] if len(items) == 1 else ex.Concat(items)


def _summed(build: GraphBuilder, flows: list[ex.Expr]) -> ex.Expr:
    """Over steps and samples: of a matrix as a sum of outer products, of a vector as it is."""
    outer = [flow for flow in flows if isinstance(flow, ex.OuterSum)]
    if len(outer) == len(flows):
        return ex.OuterSum(tuple(x for o in outer for x in o.xs), tuple(d for o in outer for d in o.ds))
    return ex.BatchSum(flows[0] if len(flows) == 1 else ex.Total(tuple(flows)))


def _elementwise(slope: Callable[[ex.Expr, ex.Expr], ex.Expr]) -> Callable[..., Local]:
    """A function of one element: flow · slope(x, value)."""
    return lambda build, e, value, flow, samples: [(e.x, flow * slope(e.x, value))]


def _both(
    a: Callable[[ex.Expr, ex.Expr, ex.Expr, ex.Expr], ex.Expr],
    b: Callable[[ex.Expr, ex.Expr, ex.Expr, ex.Expr], ex.Expr],
) -> Callable[..., Local]:
    """A function of two elements: what flows to a and to b, from (a, b, value, flow)."""
    return lambda build, e, value, flow, samples: [(e.a, a(e.a, e.b, value, flow)), (e.b, b(e.a, e.b, value, flow))]


def _to_logit(slope: Callable[[ex.Expr, ex.Expr], ex.Expr]) -> Callable[..., Local]:
    """A cross-entropy: flow · slope(probabilities, targets)."""
    return lambda build, e, value, flow, samples: [(e.logit, flow * slope(e.p, e.target))]


def _dot(build: GraphBuilder, e: ex.Dot, value: ex.Expr, flow: ex.Expr, samples: int) -> Local:
    yield e.x, ex.DotTransposed(flow, e.matrix)
    yield e.matrix, ex.OuterSum((e.x,), (flow,))


def _gather(build: GraphBuilder, e: ex.Gather, value: ex.Expr, flow: ex.Expr, samples: int) -> Local:
    """The row that was read, and no other, is changed."""
    depth = build.shape(e.matrix)[0]
    yield e.matrix, ex.OuterSum((ex.OneHot(e.index, depth),), (flow,))


def _where(build: GraphBuilder, e: ex.Where, value: ex.Expr, flow: ex.Expr, samples: int) -> Local:
    yield e.a, ex.Where(e.test, flow, ex.Const(0.0))
    yield e.b, ex.Where(e.test, ex.Const(0.0), flow)


def _concat(build: GraphBuilder, e: ex.Concat, value: ex.Expr, flow: ex.Expr, samples: int) -> Local:
    if not any(map(ex.refs, e.items)):  # constants side by side
        return
    if not isinstance(flow, ex.Ref | ex.Slice):
        raise NotSupportedError("joined vectors inside another operation have no rule of differentiation")
    of, at = (flow, 0) if isinstance(flow, ex.Ref) else (flow.of, flow.start)
    for item in e.items:
        size = build.shape_of(item)[-1]
        yield item, ex.Slice(of, at, at + size)
        at += size


def _largest(build: GraphBuilder, e: ex.Largest, value: ex.Expr, flow: ex.Expr, samples: int) -> Local:
    """To the largest item; several that are equally large share."""
    is_largest = tuple(1 - ex.NotEqual(item, value) for item in e.items)
    for item, own in zip(e.items, is_largest, strict=True):
        yield item, flow * own / ex.Total(is_largest)


def _first_largest(build: GraphBuilder, e: ex.FirstLargest, value: ex.Expr, flow: ex.Expr, samples: int) -> Local:
    """To the first item that is as large as the largest."""
    is_largest = tuple(1 - ex.NotEqual(item, value) for item in e.items)
    for number, (item, own) in enumerate(zip(e.items, is_largest, strict=True)):
        before = is_largest[:number]
        none_before = ex.Greater(ex.Const(0.5), ex.Total(before) if len(before) > 1 else before[0]) if before else None
        yield item, flow * own if none_before is None else flow * own * none_before


_ZERO = ex.Const(0.0)
_RULES: dict[type[ex.Expr], Callable[..., Local]] = {
    ex.Neg: lambda build, e, value, flow, samples: [(e.x, -flow)],
    ex.Exp: _elementwise(lambda x, y: y),
    ex.Log: _elementwise(lambda x, y: 1 / x),
    ex.Tanh: _elementwise(lambda x, y: 1 - y * y),
    ex.Sigmoid: _elementwise(lambda x, y: y * (1 - y)),
    ex.Abs: _elementwise(lambda x, y: ex.Sign(x)),
    ex.Sqrt: _elementwise(lambda x, y: 0.5 / y),
    ex.Expm1: _elementwise(lambda x, y: y + 1),
    ex.Relu: _elementwise(lambda x, y: ex.Greater(x, _ZERO)),
    ex.Softplus: _elementwise(lambda x, y: ex.Sigmoid(x)),
    ex.NormalCdf: _elementwise(lambda x, y: ex.Exp(x * x / -2) / math.sqrt(2 * math.pi)),
    ex.Softmax: lambda build, e, value, flow, samples: [(e.x, value * (flow - ex.Sum(flow * value)))],
    ex.LogSumExp: _elementwise(lambda x, y: ex.Softmax(x)),
    ex.Sum: lambda build, e, value, flow, samples: [(e.x, flow)],
    ex.BatchMean: lambda build, e, value, flow, samples: [(e.x, flow / samples)],
    ex.Add: _both(lambda a, b, y, f: f, lambda a, b, y, f: f),
    ex.Sub: _both(lambda a, b, y, f: f, lambda a, b, y, f: -f),
    ex.Mul: _both(lambda a, b, y, f: f * b, lambda a, b, y, f: f * a),
    ex.Div: _both(lambda a, b, y, f: f / b, lambda a, b, y, f: -(f * y) / b),
    # At a tie Keras's backend lets everything flow to the first operand; activations put theirs in the right order.
    ex.Maximum: _both(lambda a, b, y, f: f * (1 - ex.Greater(b, a)), lambda a, b, y, f: f * ex.Greater(b, a)),
    ex.Minimum: _both(lambda a, b, y, f: f * (1 - ex.Greater(a, b)), lambda a, b, y, f: f * ex.Greater(a, b)),
    ex.Where: _where,
    ex.Greater: lambda *_: iter(()),
    ex.NotEqual: lambda *_: iter(()),
    ex.Sign: lambda *_: iter(()),
    ex.OneHot: lambda *_: iter(()),
    ex.Dot: _dot,
    ex.Gather: _gather,
    ex.Concat: _concat,
    ex.Total: lambda build, e, value, flow, samples: [(item, flow) for item in e.items],
    ex.Largest: _largest,
    ex.FirstLargest: _first_largest,
    # Keras recovers the logits, so the gradient goes there and not through the probabilities.
    ex.BinaryCrossentropy: _to_logit(lambda p, y: p - y),
    # Σy is 1 but for the step after which no word follows.
    ex.CategoricalCrossentropy: _to_logit(lambda p, y: p * ex.Sum(y) - y),
    ex.SparseCategoricalCrossentropy: lambda build, e, value, flow, samples: [
        (e.logit, flow * (e.p - ex.OneHot(e.target, build.shape_of(e.logit)[-1])))
    ],
}
