"""The shape of each expression: one row for each operation."""

from __future__ import annotations

from collections.abc import Callable

from xlcheck.errors import NotSupportedError
from xlcheck.graph import expressions as ex

Shape = tuple[int, ...]
ShapeOf = Callable[[str], Shape]


def shape_of(expr: ex.Expr, shape_of_quantity: ShapeOf) -> Shape:
    """Shape of an expression, given the shapes of the quantities it reads.

    Raises:
        NotSupportedError: the operation has no row here.
        ValueError: the operands' shapes do not fit together.
    """
    kind = type(expr)
    if kind not in _RULES:
        _RULES[kind] = _inherited(kind)
    return _RULES[kind](expr, shape_of_quantity)


def _inherited(kind: type[ex.Expr]) -> Callable[..., Shape]:
    """The rule of the kind of operations that an operation belongs to."""
    for known in kind.__mro__:
        if known in _RULES:
            return _RULES[known]
    raise NotSupportedError(f"no shape rule for the operation {kind.__name__}")


def _elementwise(expr: ex.Expr, shape_of_quantity: ShapeOf) -> Shape:
    shapes = [shape_of(operand, shape_of_quantity) for operand in ex.operands(expr)]
    size = max(shapes, key=lambda s: (len(s), s[-1]))
    if any(s != size and s != (1,) for s in shapes):
        raise ValueError(f"{type(expr).__name__}: shapes {shapes} do not fit together")
    return size


def _slice(expr: ex.Slice, shape_of_quantity: ShapeOf) -> Shape:
    shape = shape_of_quantity(expr.of.name)
    if not 0 <= expr.start < expr.stop <= shape[-1]:
        raise ValueError(f"{expr.of.name}: no elements {expr.start}:{expr.stop} in shape {shape}")
    if expr.row is None:
        return (*shape[:-1], expr.stop - expr.start)
    if len(shape) < 2 or not 0 <= expr.row < shape[0]:
        raise ValueError(f"{expr.of.name}: no row {expr.row} in shape {shape}")
    return (*shape[1:-1], expr.stop - expr.start)


def _dot(expr: ex.Dot, shape_of_quantity: ShapeOf) -> Shape:
    (m,) = shape_of(expr.x, shape_of_quantity)
    rows, columns = shape_of(expr.matrix, shape_of_quantity)
    if m != rows:
        raise ValueError(f"a vector of {m} elements cannot be multiplied by a {rows} × {columns} matrix")
    return (columns,)


def _gather(expr: ex.Gather, shape_of_quantity: ShapeOf) -> Shape:
    _single(expr, shape_of(expr.index, shape_of_quantity))
    _, columns = shape_of_quantity(expr.matrix.name)
    return (columns,)


def _one_hot(expr: ex.OneHot, shape_of_quantity: ShapeOf) -> Shape:
    _single(expr, shape_of(expr.index, shape_of_quantity))
    return (expr.depth,)


def _single(expr: ex.Expr, shape: Shape) -> None:
    if shape != (1,):
        raise ValueError(f"{type(expr).__name__}: the index has shape {shape}, not one element")


def _concat(expr: ex.Concat, shape_of_quantity: ShapeOf) -> Shape:
    shapes = [shape_of(item, shape_of_quantity) for item in expr.items]
    return (*shapes[0][:-1], sum(shape[-1] for shape in shapes))


def _dot_transposed(expr: ex.DotTransposed, shape_of_quantity: ShapeOf) -> Shape:
    (n,) = shape_of(expr.x, shape_of_quantity)
    rows, columns = shape_of(expr.matrix, shape_of_quantity)
    if n != columns:
        raise ValueError(f"a vector of {n} elements cannot be multiplied by a transposed {rows} × {columns} matrix")
    return (rows,)


def _outer_sum(expr: ex.OuterSum, shape_of_quantity: ShapeOf) -> Shape:
    pairs = {
        (shape_of(x, shape_of_quantity)[0], shape_of(d, shape_of_quantity)[0])
        for x, d in zip(expr.xs, expr.ds, strict=True)
    }
    if len(pairs) != 1:
        raise ValueError(f"OuterSum: pairs of different shapes {sorted(pairs)}")
    return pairs.pop()


def _stack(expr: ex.Stack, shape_of_quantity: ShapeOf) -> Shape:
    return (len(expr.items), *shape_of(expr.items[0], shape_of_quantity))


_RULES: dict[type[ex.Expr], Callable[..., Shape]] = {
    ex.Ref: lambda e, of: of(e.name),
    ex.Const: lambda e, of: (1,),
    ex.Slice: _slice,
    ex.Dot: _dot,
    ex.Gather: _gather,
    ex.OneHot: _one_hot,
    ex.Concat: _concat,
    ex.DotTransposed: _dot_transposed,
    ex.OuterSum: _outer_sum,
    ex.Stack: _stack,
    ex.Sum: lambda e, of: (1,),
    ex.LogSumExp: lambda e, of: (1,),
    ex.CategoricalCrossentropy: lambda e, of: (1,),
    ex.SparseCategoricalCrossentropy: lambda e, of: (1,),
    ex.BinaryCrossentropy: _elementwise,
    ex.Unary: lambda e, of: shape_of(e.x, of),
    ex.Binary: _elementwise,
    ex.Where: _elementwise,
    ex.Nary: _elementwise,
}
