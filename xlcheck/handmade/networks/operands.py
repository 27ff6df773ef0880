"""Which single numbers an element is computed from: `lstm.z_i[1][0]` reads row by row of one kernel column."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Graph, Quantity

Operand = tuple[str, int]
"""Full name of a quantity and the position of one of its elements in C order."""
OperandsOf = Callable[[int], frozenset[Operand]]
_WHOLE_VECTOR = (
    ex.Softmax, ex.Sum, ex.LogSumExp, ex.Concat, ex.Stack, ex.Gather, ex.OneHot, ex.DotTransposed, ex.OuterSum,
)  # fmt: skip


def operands_of(expr: ex.Expr, graph: Graph) -> OperandsOf:
    """A function from an element of an expression to the elements that it reads."""
    return lambda index: frozenset(_reads(expr, index, graph))


def _reads(expr: ex.Expr, index: int | None, graph: Graph) -> set[Operand]:
    """Operands of one element, or of all for None."""
    match expr:
        case ex.Ref():
            return _of_quantity(graph[expr.name], index)
        case ex.Slice():
            return _of_slice(expr, index, graph)
        case ex.Dot():
            return _reads(expr.x, None, graph) | _of_column(expr.matrix, index, graph)
        case ex.BinaryCrossentropy() | ex.CategoricalCrossentropy():
            whole = index if isinstance(expr, ex.BinaryCrossentropy) else None
            return _reads(expr.target, whole, graph) | _reads(expr.p, whole, graph)
    if isinstance(expr, _WHOLE_VECTOR):
        index = None
    found: set[Operand] = set()
    for operand in ex.operands(expr):
        found |= _reads(operand, index, graph)
    return found


def _of_quantity(quantity: Quantity, index: int | None) -> set[Operand]:
    size = int(np.prod(quantity.shape))
    if index is None:
        return {(quantity.name, i) for i in range(size)}
    return {(quantity.name, min(index, size - 1))}


def _of_slice(part: ex.Slice, index: int | None, graph: Graph) -> set[Operand]:
    shape = graph[part.of.name].shape
    start = 0 if part.row is None or len(shape) < 2 else part.row * shape[-1]
    columns = range(part.start, part.stop) if index is None else (part.start + index,)
    return {(part.of.name, start + column) for column in columns}


def _of_column(matrix: ex.Ref | ex.Slice, index: int | None, graph: Graph) -> set[Operand]:
    name = matrix.of.name if isinstance(matrix, ex.Slice) else matrix.name
    rows, columns = graph[name].shape[-2:]
    start = matrix.start if isinstance(matrix, ex.Slice) else 0
    stop = matrix.stop if isinstance(matrix, ex.Slice) else columns
    chosen = range(start, stop) if index is None else (start + index,)
    return {(name, row * columns + column) for row in range(rows) for column in chosen}


def products_of(dot: ex.Dot, graph: Graph, *, running: bool) -> OperandsOf:
    """The operands of single products of a weighted sum, or of its running sums, both `(m, n)` in C order."""
    name = dot.matrix.of.name if isinstance(dot.matrix, ex.Slice) else dot.matrix.name
    columns = graph[name].shape[-1]
    start = dot.matrix.start if isinstance(dot.matrix, ex.Slice) else 0
    width = (dot.matrix.stop if isinstance(dot.matrix, ex.Slice) else columns) - start

    def of(index: int) -> frozenset[Operand]:
        row, column = divmod(index, width)
        found: set[Operand] = set()
        for k in range(row + 1) if running else (row,):
            found |= _reads(dot.x, k, graph)
            found.add((name, k * columns + start + column))
        return frozenset(found)

    return of
