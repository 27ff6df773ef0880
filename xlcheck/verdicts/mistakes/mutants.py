"""Every mistake that can be made in one cell, with what the cell would give then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from xlcheck.arrays import Array, Values
from xlcheck.graph import expressions as ex
from xlcheck.graph.evaluate import value_of
from xlcheck.graph.quantities import Graph, Quantity
from xlcheck.verdicts.mistakes import backward
from xlcheck.verdicts.mistakes.forward import Mistakes
from xlcheck.verdicts.mistakes.products import products
from xlcheck.verdicts.mistakes.rewriting import Rewrite, everywhere

Compute = Callable[[Values], Array]


@dataclass(frozen=True)
class Mutant:
    """One possible mistake.

    Attributes:
        name: as in `.github/docs/diagnoses.md`.
        sentence: what was done, and what to do instead, in words.
        value: what the element would be, for each sample, from the values of all quantities.
        reads: the quantities that only the mistake reads.
        expr: the whole quantity as it would be computed, where that can be said as an expression.
    """

    name: str
    sentence: str
    value: Compute
    reads: frozenset[str] = frozenset()
    expr: ex.Expr | None = None


def mutants(graph: Graph, quantity: Quantity, expr: ex.Expr, index: int) -> Iterator[Mutant]:
    """Every mistake that can be made in one element of an expression, likely ones first.

    Args:
        graph: the quantities.
        quantity: the quantity that is computed.
        expr: how; its own expression, or one in which some operands are written out.
        index: which element.
    """
    for mutant in rewritten(graph, quantity, expr):
        yield replace(mutant, value=_element(mutant.expr or expr, index))
    if not backward.is_backward(quantity):
        for name, sentence, value in products(Mistakes(graph, quantity), expr, index):
            yield Mutant(name, sentence, value)


def rewritten(graph: Graph, quantity: Quantity, expr: ex.Expr) -> Iterator[Mutant]:
    """The mistakes that can be said of all elements at once."""
    read = frozenset(ex.refs(expr))
    for name, sentence, changed in _rewrites(graph, quantity, expr):
        yield Mutant(name, sentence, partial(value_of, changed), frozenset(ex.refs(changed)) - read, changed)


def _rewrites(graph: Graph, quantity: Quantity, expr: ex.Expr) -> Iterator[Rewrite]:
    if backward.is_backward(quantity):
        yield from backward.rewrites(quantity, expr)
        return
    for rewrites in Mistakes(graph, quantity).rewrites():
        yield from everywhere(expr, rewrites)


def _element(expr: ex.Expr, index: int) -> Compute:
    def value(values: Values) -> Array:
        array = value_of(expr, values)
        return array[..., min(index, array.shape[-1] - 1)].reshape(-1)

    return value
