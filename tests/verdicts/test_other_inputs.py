"""Inputs with which each step is read and skipped, and each code stands in each step, one way after the other."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pytest

from xlcheck.graph.expressions import Const, Expr, Greater, NotEqual, Ref, Relu
from xlcheck.graph.quantities import Band, Graph, GraphBuilder, Role
from xlcheck.learning.forward import forward_graph
from xlcheck.model.model_spec import LayerSpec, sequential
from xlcheck.verdicts.generated.marked_steps import other_inputs

STEPS, CODES = 8, 5
BOTH_WAYS = {(True, True), (True, False), (False, True), (False, False)}


def _given(graph: Graph, samples: int = 1, before: float = 7.0) -> list[dict[str, np.ndarray]]:
    """The inputs of each way; before, all numbers are the same."""
    found = []
    for change in other_inputs(graph):
        found.append({q.name: np.full((samples, *q.shape), before) for q in graph if q.expr is None})
        change(found[-1])
    return found


def _vectors(mark: float) -> Graph:
    """Steps of three numbers, which are skipped where all are the mark."""
    return forward_graph(sequential("m", (STEPS, 3), (LayerSpec("Masking", "masking", {"mask_value": mark}),)))


def _codes(*, zero: bool) -> Graph:
    """A code a step, of which 0 may be skipped."""
    words = LayerSpec("Embedding", "words", {"mask_zero": zero}, {"embeddings": (CODES, 2)})
    return forward_graph(sequential("m", (STEPS,), (words,)))


@pytest.mark.parametrize("mark", [0.0, -1.0])
def test_steps_are_skipped_in_all_patterns(mark: float) -> None:
    """Rule: of two steps beside each other, or with up to three between, both are read, neither, or either of them; and
    where a step is read, all numbers but one may be the mark, or one is 0."""
    ways = [[own[f"input.x[{t}]"][0] for t in range(STEPS)] for own in _given(_vectors(mark))]
    skipped = [[bool((x == mark).all()) for x in way] for way in ways]

    for one, other in combinations(range(STEPS), 2):
        assert {(own[one], own[other]) for own in skipped} == BOTH_WAYS or other - one > 4
    part = {int((x == mark).sum()) for way in ways for x in way}
    assert part == ({0, 2, 3} if mark else {1, 2, 3})  # of -1 no 0 is a mark


def test_each_code_stands_in_each_step() -> None:
    """Rule: never twice in neighbouring steps or samples; other numbers, such as weights, stay as they are."""
    ways = _given(_codes(zero=False), samples=2)
    columns = [np.array([own[f"input.x[{t}]"][:, 0] for t in range(STEPS)]) for own in ways]

    assert len(ways) == CODES
    for t in range(STEPS):
        assert {own[t, 0] for own in columns} == {*range(CODES)}
    for own in columns:
        assert (own[1:] != own[:-1]).all()
        assert (own[:, 0] != own[:, 1]).all()
    assert all((own["words.embeddings"] == 7).all() for own in ways)


def test_codes_that_are_read_are_codes() -> None:
    """Rule: where the code 0 is skipped, steps are marked with it, and the others have codes that the table knows."""
    ways = _given(_codes(zero=True), before=0.0)
    codes = np.array([[own[f"input.x[{t}]"][0, 0] for t in range(STEPS)] for own in ways])
    marked = codes[:-CODES] == 0

    assert {*map(tuple, marked[:, :2].tolist())} == BOTH_WAYS
    assert {*codes.ravel().tolist()} == {*range(CODES)}


def _compared(**limits: Expr) -> Mapping[str, set[float]]:
    """The numbers that each input has in all ways, where it is compared with something."""
    build = GraphBuilder()
    for name, expr in limits.items():
        build.given(Band(name, "x", Role.INPUT), (2,))
        build.let(Band(name, "y", Role.OUTPUT), expr)
    ways = _given(build.build())
    return {name: {x for own in ways for x in own[f"{name}.x"].ravel().tolist()} for name in limits}


def test_inputs_lie_on_each_side_of_what_they_are_compared_with() -> None:
    """Rule: between any two limits, and beyond both; what is looked for is met, and missed."""
    a, b, c = (Ref(f"{name}.x") for name in "abc")
    found = _compared(a=Greater(a, Const(0.5)) + Greater(Const(0.75), a), b=NotEqual(b, Const(3.0)), c=Relu(c))

    sides = [sum(x > limit for limit in (0.5, 0.75)) for x in found["a"]]
    assert ({*sides}, found["a"] & {0.5, 0.75}) == ({0, 1, 2}, set())
    assert 3.0 in found["b"]
    assert len(found["b"]) > 1
    assert found["c"] == {7.0}
    assert _given(GraphBuilder().build()) == []
