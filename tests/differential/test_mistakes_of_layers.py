"""The library of mistakes knows every layer: what it looks for can be looked for in any quantity."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pytest
from cases import CASES
from models import build, described
from thorough import part_of

from xlcheck.graph import expressions as ex
from xlcheck.learning.forward import forward_graph
from xlcheck.verdicts.mistakes.mutants import mutants
from xlcheck.verdicts.mistakes.rewriting import written_out

# In an ordinary run a layer without gates whose products read parts of vectors, and a few others.
NAMES = ["Dot", *(name for name in CASES if name not in ("Dot", "hundreds of units"))]


@pytest.mark.keras
@pytest.mark.parametrize("name", part_of(NAMES, 4))
def test_mistakes_can_be_made_in_every_layer(name: str) -> None:
    """No quantity of any layer or option stops the search for mistakes, whether or not one is possible in it."""
    case = CASES[name]
    graph = forward_graph(described(build(case.make), case.inputs))
    names = {
        mutant.name
        for quantity in graph
        if quantity.expr is not None
        for mutant in islice(mutants(graph, quantity, quantity.expr, 0), 200)
    }
    assert all(names)


@pytest.mark.keras
def test_parts_of_vectors_stay_parts_of_quantities() -> None:
    """Whatever is written out, elements are taken of what stands in cells; attention takes single ones of a softmax."""
    case = CASES["attention"]
    graph = forward_graph(described(build(case.make), case.inputs))
    exprs = [written_out(graph, q.expr, depth) for q in graph if q.expr is not None for depth in (1, 2)]
    slices = [part for expr in exprs for part in _parts(expr) if isinstance(part, ex.Slice)]

    assert slices
    assert all(isinstance(part.of, ex.Ref) for part in slices)


def _parts(expr: ex.Expr) -> Iterator[ex.Expr]:
    yield expr
    for operand in ex.operands(expr):
        yield from _parts(operand)
