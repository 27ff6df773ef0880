"""The steps in between: what a learner puts into a cell of its own on the way to a quantity.

`exp(-z)`, the products and running sums of a weighted sum, `f·c`, `1 - z`, the sum of the
exponentials of a softmax, the logarithm inside a loss. They are no quantities, but a mistake can
be made in them, and then that cell is the first wrong one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import combinations, islice

import numpy as np

from xlcheck.arrays import Array, Values
from xlcheck.graph import expressions as ex
from xlcheck.graph.evaluate import value_of
from xlcheck.graph.quantities import Graph, Quantity, Role
from xlcheck.handmade.networks.elements import Compute, Source
from xlcheck.handmade.networks.operands import OperandsOf, operands_of, products_of
from xlcheck.handmade.networks.value_index import RTOL

Part = tuple[str, ex.Expr]
OwnedPart = tuple[str, ex.Expr, Quantity]

MAX_ELEMENTS = 2_000_000
MOST_UNKNOWN = 0.1
"""The share of cells that equal nothing from which on parts that stand in no cell may yet be what these should hold."""
LARGEST = "largest of {}"
"""The part of a softmax that is one of the numbers which it reads."""


def part_sources(network: int, graph: Graph, settings: Sequence[Values]) -> list[Source]:
    """Every part of every quantity of a graph, as far as they are not too many."""
    sources: list[Source] = []
    left = MAX_ELEMENTS
    for quantity in graph:
        for part, owner, expr, reads, operands, compute in _parts(quantity, graph):
            values = np.stack([compute(setting) for setting in settings])
            left -= values.size
            if left < 0:
                return sources
            sources.append(Source(network, owner, part, expr, frozenset(reads), operands, compute, compute, values))
    return sources


def parts_in_cells(parts: Sequence[Source], unknown: Array, cells: int) -> list[Source]:
    """The parts of which some cell holds an element, at whatever step; all if too much is not known to say so.

    Args:
        parts: all parts.
        unknown: the fingerprints of the cells that hold no quantity, in the first setting.
        cells: how many formula cells there are.
    """
    shown = np.sort(unknown[np.isfinite(unknown)])
    starts = np.zeros(len(shown) + 1, dtype=np.intp)
    bands = set()
    for source in parts:
        values = source.values[0].ravel()
        tolerance = RTOL * np.maximum(np.abs(values), 1e-3)
        low, high = np.searchsorted(shown, values - tolerance), np.searchsorted(shown, values + tolerance)
        found = high > low
        if found.any():
            bands.add(source.band)
            np.add.at(starts, low[found], 1)
            np.add.at(starts, high[found], -1)
    met_cells = np.count_nonzero(np.cumsum(starts[:-1]) > 0)
    if len(unknown) - met_cells > MOST_UNKNOWN * cells:
        return list(parts)
    return [source for source in parts if source.band in bands]


def _parts(
    quantity: Quantity, graph: Graph
) -> Iterator[tuple[str, Quantity, ex.Expr | None, Iterable[str], OperandsOf, Compute]]:
    for part, expr, owner in parts_of(quantity, graph):
        yield part, owner, expr, ex.refs(expr), operands_of(expr, graph), _of_samples(expr)
    if quantity.expr is not None:
        for part, dot, compute in _products(quantity.expr):
            yield part, quantity, None, ex.refs(dot), products_of(dot, graph, running="sum" in part), compute
        if isinstance(quantity.expr, ex.Softmax):
            for part, like, compute in _shifted(quantity.expr.x):
                yield part, quantity, None, ex.refs(like), operands_of(like, graph), compute


def _of_samples(expr: ex.Expr) -> Compute:
    def compute(values: Values) -> Array:
        value = value_of(expr, values)
        return value.reshape(-1, value.shape[-1])

    return compute


def parts_of(quantity: Quantity, graph: Graph) -> Iterator[OwnedPart]:
    """The parts of a quantity that are expressions, each with its name and the quantity that name is about."""
    if quantity.expr is None:
        return
    seen: set[ex.Expr] = {quantity.expr}
    for part, expr, owner in (*worded_parts(quantity, graph), *((*part, quantity) for part in _all_parts(quantity))):
        if expr not in seen and not isinstance(expr, ex.Ref | ex.Const | ex.Slice):
            seen.add(expr)
            yield part, expr, owner


def worded_parts(quantity: Quantity, graph: Graph) -> Iterator[OwnedPart]:
    """The parts that have a name of their own, which says how they are made of one quantity."""
    expr = quantity.expr
    if expr is None:
        return
    for node in islice(ex.walk(expr), 1, None):
        if isinstance(node, ex.Add) and isinstance(node.a, ex.Ref) and _is_bias(node.b):
            yield "{} + bias", node, graph[node.a.name]
    if quantity.band.role in {Role.GATE, Role.OUTPUT}:
        yield "1-{}", ex.Const(1.0) - ex.Ref(quantity.name), quantity
    if isinstance(expr, ex.Tanh | ex.Sigmoid | ex.Softmax):
        owner = graph[expr.x.name] if isinstance(expr.x, ex.Ref) else quantity
        for part, inner in _inside_activation(expr.x, softmax=isinstance(expr, ex.Softmax)):
            yield part, inner, owner


def _is_bias(expr: ex.Expr) -> bool:
    ref = expr.of if isinstance(expr, ex.Slice) else expr
    return isinstance(ref, ex.Ref) and ref.name.rpartition(".")[2] == "bias"


def _all_parts(quantity: Quantity) -> Iterator[Part]:
    expr = quantity.expr
    if expr is None:
        return
    terms = list(_terms(expr))
    for size in range(2, len(terms)):
        for chosen in combinations(range(len(terms)), size):
            yield f"terms {', '.join(str(c + 1) for c in chosen)} of {{}}", _sum([terms[c] for c in chosen])
    for number, node in enumerate(islice(ex.walk(expr), 1, None)):
        yield f"part {number + 1} of {{}}", node
    if isinstance(expr, ex.BinaryCrossentropy | ex.CategoricalCrossentropy):
        yield from _inside_loss(expr)


def _terms(expr: ex.Expr) -> Iterator[ex.Expr]:
    """The terms of a sum, nested sums flattened."""
    if isinstance(expr, ex.Add):
        yield from _terms(expr.a)
        yield from _terms(expr.b)
    else:
        yield expr


def _sum(terms: list[ex.Expr]) -> ex.Expr:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _inside_activation(x: ex.Expr, *, softmax: bool) -> Iterator[Part]:
    """What tanh, sigmoid and softmax are made of when they are written with EXP."""
    plus, minus = ex.Exp(x), ex.Exp(-x)
    yield "exp({})", plus
    if softmax:
        yield "sum of exp({})", ex.Sum(plus)
        yield "softmax({})", ex.Softmax(x)
        return
    double, half = ex.Exp(2 * x), ex.Exp(-2 * x)
    yield "-({})", -x
    yield "exp(-{})", minus
    yield "1+exp(-{})", 1 + minus
    yield "1+exp({})", 1 + plus
    yield "exp({0})+exp(-{0})", plus + minus
    yield "exp({0})-exp(-{0})", plus - minus
    yield "2·{}", 2 * x
    yield "-2·{}", -2 * x
    for name, power in (("exp(2·{})", double), ("exp(-2·{})", half)):
        yield name, power
        yield f"{name}+1", power + 1
        yield f"{name}-1", power - 1
        yield f"1-{name}", 1 - power


def _inside_loss(loss: ex.BinaryCrossentropy | ex.CategoricalCrossentropy) -> Iterator[Part]:
    p, y = loss.p, loss.target
    yield "ln p of {}", ex.Log(p)
    yield "-ln p of {}", -ex.Log(p)
    yield "y·ln p of {}", y * ex.Log(p)
    yield "-y·ln p of {}", -(y * ex.Log(p))
    if isinstance(loss, ex.BinaryCrossentropy):
        yield "1-p of {}", 1 - p
        yield "1-y of {}", 1 - y
        yield "ln(1-p) of {}", ex.Log(1 - p)
        yield "(1-y)·ln(1-p) of {}", (1 - y) * ex.Log(1 - p)
        yield "-(1-y)·ln(1-p) of {}", -((1 - y) * ex.Log(1 - p))


def _shifted(x: ex.Expr) -> Iterator[tuple[str, ex.Expr, Compute]]:
    """What a softmax is made of where the largest number is taken off all, `(samples, n)` and `(samples, 1)`."""

    def part(function: Callable[[Array, Array], Array]) -> Compute:
        def compute(values: Values) -> Array:
            value = value_of(x, values)
            found = function(value, value.max(axis=-1, keepdims=True))
            return found.reshape(-1, found.shape[-1])

        return compute

    each, total = ex.Exp(x), ex.Sum(ex.Exp(x))
    yield LARGEST, total, part(lambda _, largest: largest)
    yield "{} less the largest", each, part(lambda value, largest: value - largest)
    yield "exp({} less the largest)", each, part(lambda value, largest: np.exp(value - largest))
    yield "sum of exp({} less the largest)", total, part(lambda value, top: np.exp(value - top).sum(-1, keepdims=True))


def _products(expr: ex.Expr) -> Iterator[tuple[str, ex.Dot, Compute]]:
    """Single products and running sums of each weighted sum, `(samples, m · n)`."""
    dots = [node for node in ex.walk(expr) if isinstance(node, ex.Dot)]
    for number, dot in enumerate(dots):
        yield f"product {number + 1} of {{}}", dot, _multiplied(dot, np.asarray)
        yield f"running sum {number + 1} of {{}}", dot, _multiplied(dot, partial(np.cumsum, axis=-2))


def _multiplied(dot: ex.Dot, what: Callable[[Array], Array]) -> Compute:
    def compute(values: Values) -> Array:
        products = value_of(dot.x, values)[..., :, None] * value_of(dot.matrix, values)
        return what(products).reshape(products.shape[0], -1)

    return compute
