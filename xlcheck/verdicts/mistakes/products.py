"""Mistakes in single products of a weighted sum: another weight, another value, a product that is missing."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from xlcheck.arrays import Array, Values
from xlcheck.graph import expressions as ex
from xlcheck.graph.evaluate import value_of
from xlcheck.graph.rewriting import replaced
from xlcheck.verdicts.mistakes.forward import MAX_WIDTH, Mistakes

_OTHER = "~other"


@dataclass(frozen=True)
class _Change:
    """A change of one weighted sum: what is added to it, `(samples,)`, from the values of all quantities."""

    name: str
    sentence: str
    added: Callable[[Values], Array]


def products(mistakes: Mistakes, expr: ex.Expr, index: int) -> Iterator[tuple[str, str, Callable[[Values], Array]]]:
    """The mistakes in the weighted sums of an expression: name, sentence, and what its element would be then."""
    for number, dot in enumerate(_dots(mistakes, expr)):
        key = f"{_OTHER}{number}"
        changed = replaced(expr, lambda e, dot=dot[0], key=key: ex.Ref(key) if e is dot else None)
        for change in _changes(mistakes, dot[1], index):
            yield change.name, change.sentence, _with_added(changed, key, dot[1], change, index)


def _dots(mistakes: Mistakes, expr: ex.Expr) -> Iterator[tuple[ex.Expr, ex.Dot]]:
    """The weighted sums in an expression, also those behind the name of a projection."""
    if isinstance(expr, ex.Dot):
        yield expr, expr
        return
    if isinstance(expr, ex.Ref):
        definition = mistakes.quantity(expr.name).expr
        if isinstance(definition, ex.Dot):
            yield expr, definition
        return
    for operand in ex.operands(expr):
        yield from _dots(mistakes, operand)


def _with_added(expr: ex.Expr, key: str, dot: ex.Dot, change: _Change, index: int) -> Callable[[Values], Array]:
    def value(values: Values) -> Array:
        sums = value_of(dot, values).copy()
        column = min(index, sums.shape[-1] - 1)
        sums[..., column] += change.added(values)
        result = value_of(expr, ChainMap({key: sums}, values))  # type: ignore[arg-type]  # it is only read
        return result[..., min(index, result.shape[-1] - 1)].reshape(-1)

    return value


def _changes(mistakes: Mistakes, dot: ex.Dot, index: int) -> Iterator[_Change]:
    matrix = dot.matrix
    name = matrix.of.name if isinstance(matrix, ex.Slice) else matrix.name
    rows = mistakes.quantity(name).shape[-2]
    columns = (matrix.stop - matrix.start) if isinstance(matrix, ex.Slice) else mistakes.quantity(name).shape[-1]
    index = min(index, columns - 1)
    if rows > MAX_WIDTH or columns > MAX_WIDTH:
        return

    def x(values: Values) -> Array:
        return value_of(dot.x, values)

    def w(values: Values) -> Array:
        return value_of(matrix, values)

    unit = "the weights of a neighbouring unit are used; take those of this unit"
    for other in sorted(set(range(columns)) - {index}, key=lambda c: abs(c - index)):
        yield _Change("neighbour-unit", unit, lambda v, o=other: (x(v) * (w(v)[:, o] - w(v)[:, index])).sum(axis=-1))
        for k in range(rows) if rows > 1 else ():
            yield _Change("neighbour-unit", unit, lambda v, o=other, k=k: x(v)[..., k] * (w(v)[k, o] - w(v)[k, index]))
    for k in range(rows):
        for other in range(rows):
            if other != k:
                yield _Change(
                    "neighbour-unit",
                    "another of the numbers that come in is read; refer to the one that belongs to this weight",
                    lambda v, k=k, o=other: (x(v)[..., o] - x(v)[..., k]) * w(v)[k, index],
                )
    if rows == columns > 1:
        yield _Change(
            "kernel-transposed",
            "a row of the kernel is read where its column is needed; the kernel stands the other way round",
            lambda v: (x(v) * (w(v)[index, :] - w(v)[:, index])).sum(axis=-1),
        )
    for k, where in ((rows - 1, "last"), (0, "first")) if rows > 1 else ():
        yield _Change(
            "range-too-short",
            f"the range is one cell too short: the {where} product is missing",
            lambda v, k=k: -x(v)[..., k] * w(v)[k, index],
        )
    if isinstance(dot.x, ex.Ref):
        for mistake, sentence, other_name in mistakes.instead(dot.x.name):
            for k in range(rows):
                yield _Change(
                    mistake, sentence,
                    lambda v, k=k, n=other_name: (v[n][..., k] - x(v)[..., k]) * w(v)[k, index],
                )  # fmt: skip
