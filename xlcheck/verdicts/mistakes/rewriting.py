"""How an expression is changed: in one place or everywhere, in its operands, in the slices of its weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import permutations

from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Graph, Role
from xlcheck.graph.rewriting import replaced, with_operands

Rewrite = tuple[str, str, ex.Expr]
"""Name of a mistake, what was done in words, and the expression that comes of it."""


def written_out(graph: Graph, expr: ex.Expr, depth: int) -> ex.Expr:
    """An expression with its intermediate operands replaced by what they are computed from, so many times.

    A softmax is always written as worksheets compute it.
    """
    for _ in range(depth):
        expr = replaced(expr, lambda e: _definition(graph, e))
    return replaced(expr, lambda e: ex.Exp(e.x) / ex.Sum(ex.Exp(e.x)) if isinstance(e, ex.Softmax) else None)


def _definition(graph: Graph, expr: ex.Expr) -> ex.Expr | None:
    if isinstance(expr, ex.Ref):
        quantity = graph[expr.name]
        if quantity.expr is not None and quantity.band.role is not Role.STATE:
            return quantity.expr
    return None


def everywhere(expr: ex.Expr, rewrites: Callable[[ex.Expr], Iterator[Rewrite]]) -> Iterator[Rewrite]:
    """Each change of one place of an expression."""
    yield from rewrites(expr)
    operands = ex.operands(expr)
    for place, operand in enumerate(operands):
        if operand is getattr(expr, "matrix", None):
            continue  # its weights are changed as a whole
        for name, sentence, changed in everywhere(operand, rewrites):
            if not isinstance(expr, ex.Slice) or isinstance(changed, ex.Ref):
                yield name, sentence, with_operands(expr, [*operands[:place], changed, *operands[place + 1 :]])


def of_unit(expr: ex.Expr, unit: int) -> ex.Expr:
    """What an expression gives for one unit, where each is computed from what has its own number."""
    if isinstance(expr, ex.Ref):
        return ex.Slice(expr, unit, unit + 1)
    if isinstance(expr, ex.Slice):
        return replace(expr, start=expr.start + unit, stop=expr.start + unit + 1)
    return with_operands(expr, [of_unit(operand, unit) for operand in ex.operands(expr)])


def only(graph: Graph, expr: ex.Expr, index: int) -> ex.Expr:
    """One element of an expression that is computed element by element; a quantity of one is the same for all."""
    if isinstance(expr, ex.Ref):
        return expr if graph[expr.name].shape[-1] == 1 else ex.Slice(expr, index, index + 1)
    if isinstance(expr, ex.Slice):
        return expr
    return with_operands(expr, [only(graph, operand, index) for operand in ex.operands(expr)])


def slices_moved(expr: ex.Expr, gates: int) -> Iterator[ex.Expr]:
    """An expression with all slices of one gate, a single one, or those of all gates taken from other gates.

    There is none where the slices are not those of gates, each as wide as the others.
    """
    slices = list(dict.fromkeys(_slices(expr)))
    widths = {s.stop - s.start for s in slices}
    if len(widths) != 1:
        return
    (width,) = widths
    if any(s.start % width or s.stop > gates * width for s in slices):
        return
    for start in dict.fromkeys(s.start for s in slices):
        same = [s for s in slices if s.start == start]
        for other in range(0, gates * width, width):
            if other != start:
                for group in [same, *([s] for s in same)] if len(same) > 1 else [same]:
                    yield _with_slices(expr, {s: replace(s, start=other, stop=other + width) for s in group})
    for order in permutations(range(gates)) if len({s.start for s in slices}) > 1 else ():
        starts = {s: order[s.start // width] * width for s in slices}
        yield _with_slices(expr, {s: replace(s, start=n, stop=n + width) for s, n in starts.items()})


def _slices(expr: ex.Expr) -> Iterator[ex.Slice]:
    if isinstance(expr, ex.Slice):
        yield expr
        return
    if isinstance(expr, ex.Dot) and isinstance(expr.matrix, ex.Slice):
        yield expr.matrix
        yield from _slices(expr.x)
        return
    for operand in ex.operands(expr):
        yield from _slices(operand)


def _with_slices(expr: ex.Expr, new: Mapping[ex.Slice, ex.Slice]) -> ex.Expr:
    if isinstance(expr, ex.Slice):
        return new.get(expr, expr)
    return with_operands(expr, [_with_slices(operand, new) for operand in ex.operands(expr)])
