"""Signals: picking elements."""

from __future__ import annotations

from xlcheck.graph.expressions import Concat, Ref, Slice
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.signals import Signal, elements, pick


def test_neighbours_are_taken_together() -> None:
    """A run of elements is one slice, a whole quantity is a reference, and only jumps are joined."""
    build = GraphBuilder()
    band = Band("input", "x", Role.INPUT)
    x0, x1 = (build.given(band, (3,), t) for t in range(2))
    every = elements(build, Signal.sequence((x0, x1)))

    assert every == [(x0, 0), (x0, 1), (x0, 2), (x1, 0), (x1, 1), (x1, 2)]
    assert pick(build, every[:3]) == x0
    assert pick(build, every[1:3]) == Slice(Ref("input.x[0]"), 1, 3)
    assert pick(build, every) == Concat((x0, x1))
    assert pick(build, [every[4], every[0]]) == Concat((Slice(x1, 1, 2), Slice(x0, 0, 1)))
