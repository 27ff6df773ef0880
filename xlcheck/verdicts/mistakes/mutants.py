"""Every mistake that can be made in one cell, with what the cell would give then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlcheck.graph import expressions as ex
from xlcheck.graph.evaluate import value_of
from xlcheck.graph.quantities import Graph, Quantity
from xlcheck.verdicts.mistakes.forward import Mistakes
from xlcheck.verdicts.mistakes.products import products
from xlcheck.verdicts.mistakes.rewriting import everywhere

Array = NDArray[np.float64]
Values = Mapping[str, Array]


@dataclass(frozen=True)
class Mutant:
    """One possible mistake.

    Attributes:
        name: as in the list of named diagnoses.
        sentence: what was done, and what to do instead, in words.
        value: what the element would be, for each sample, from the values of all quantities.
        reads: the quantities that only the mistake reads.
    """

    name: str
    sentence: str
    value: Callable[[Values], Array]
    reads: frozenset[str] = frozenset()


def mutants(graph: Graph, quantity: Quantity, expr: ex.Expr, index: int) -> Iterator[Mutant]:
    """Every mistake that can be made in one element of an expression, likely ones first.

    Args:
        graph: the quantities.
        quantity: the quantity that is computed.
        expr: how; its own expression, or one in which some operands are written out.
        index: which element.
    """
    mistakes = Mistakes(graph, quantity)
    read = frozenset(ex.refs(expr))
    for rewrites in mistakes.rewrites():
        for name, sentence, changed in everywhere(expr, rewrites):
            yield Mutant(name, sentence, _element(changed, index), frozenset(ex.refs(changed)) - read)
    for name, sentence, value in products(mistakes, expr, index):
        yield Mutant(name, sentence, value)


def _element(expr: ex.Expr, index: int) -> Callable[[Values], Array]:
    def value(values: Values) -> Array:
        array = value_of(expr, values)
        return array[..., min(index, array.shape[-1] - 1)].reshape(-1)

    return value
