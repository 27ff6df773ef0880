"""The library of mistakes knows every layer: what it looks for can be looked for in any quantity."""

from __future__ import annotations

from itertools import islice

import pytest
from cases import CASES
from models import build, described
from thorough import part_of

from xlcheck.learning.forward import forward_graph
from xlcheck.verdicts.mistakes.mutants import mutants

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
