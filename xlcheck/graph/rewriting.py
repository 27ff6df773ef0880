"""The same expression with other parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from xlcheck.graph import expressions as ex

Change = Callable[[ex.Expr], ex.Expr | None]
"""What comes in the place of a part; None for the part itself."""


def rebuilt(expr: ex.Expr, change: Change) -> ex.Expr:
    """An expression in which the outermost parts that a function changes are changed."""
    changed = change(expr)
    if changed is not None:
        return changed
    operands = [rebuilt(operand, change) for operand in ex.operands(expr)]
    if isinstance(expr, ex.Slice) and not isinstance(operands[0], ex.Ref):
        return expr  # elements are those of a quantity
    return with_operands(expr, operands)


def replaced(expr: ex.Expr, change: Change) -> ex.Expr:
    """The same but for what stands in a product: a state there is read from cells, not written out."""
    return rebuilt(expr, lambda e: e if (changed := change(e)) is None and isinstance(e, ex.Dot) else changed)


def changed_once(expr: ex.Expr, changes: Callable[[ex.Expr], Iterable[ex.Expr]]) -> Iterator[ex.Expr]:
    """An expression with one of its parts changed, for each part and each change of it."""
    yield from changes(expr)
    operands = ex.operands(expr)
    for place, operand in enumerate(operands):
        for changed in changed_once(operand, changes):
            yield with_operands(expr, [*operands[:place], changed, *operands[place + 1 :]])


def with_operands(expr: ex.Expr, operands: Sequence[ex.Expr]) -> ex.Expr:
    """The same operation on other operands."""
    left = iter(operands)
    fields: dict[str, ex.Expr | tuple[ex.Expr, ...]] = {}
    for name in expr.__dataclass_fields__:
        value = getattr(expr, name)
        if isinstance(value, ex.Expr):
            fields[name] = next(left)
        elif isinstance(value, tuple):
            fields[name] = tuple(next(left) for _ in value)
    return replace(expr, **fields) if fields else expr
