"""The same expression with other parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from xlcheck.graph import expressions as ex


def replaced(expr: ex.Expr, change: Callable[[ex.Expr], ex.Expr | None]) -> ex.Expr:
    """An expression in which the outermost parts that a function changes are changed."""
    changed = change(expr)
    if changed is not None:
        return changed
    if isinstance(expr, ex.Dot):
        return expr  # a state inside a product is read from cells, not written out
    operands = [replaced(operand, change) for operand in ex.operands(expr)]
    if isinstance(expr, ex.Slice) and not isinstance(operands[0], ex.Ref):
        return expr  # elements are those of a quantity
    return with_operands(expr, operands)


def with_operands(expr: ex.Expr, operands: list[ex.Expr]) -> ex.Expr:
    """The same operation on other operands."""
    if not operands:
        return expr
    if isinstance(expr, ex.Nary):
        return replace(expr, items=tuple(operands))
    names = [n for n in expr.__dataclass_fields__ if isinstance(getattr(expr, n), ex.Expr)]
    return replace(expr, **dict(zip(names, operands, strict=True)))
