"""A graph taken apart into single numbers computes the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

from xlcheck.chapter.recordings.store import load_fixture
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.gradients import backward
from xlcheck.graph.notation import label_of, notation
from xlcheck.graph.scalars import indices, scalar_graph, scalar_name
from xlcheck.learning.forward import forward_graph


@pytest.mark.parametrize("lesson", ["simple-rnn", "lstm", "rnn-dimensions", "gru", "bidirectional"])
def test_every_number_is_the_same(lesson: str) -> None:
    """Each element of each quantity, gradients included, is the value of its own scalar quantity within 1e-15."""
    fixture = load_fixture(lesson)
    samples = len(fixture.samples)
    whole = backward(forward_graph(fixture.spec), samples)
    values = evaluate(whole, fixture.trace.values)
    apart = scalar_graph(whole, samples)
    numbers = {
        scalar_name(q, index, sample): float(values[q.name][index if sample is None else (sample, *index)])
        for q in whole
        for sample in ([None] if q.is_weight else range(samples))
        for index in indices(q)
    }
    given = {q.name: np.array([[numbers[q.name]]]) for q in apart if q.expr is None}
    found = evaluate(apart, given)

    assert set(found) == set(numbers)
    for name, number in numbers.items():
        assert found[name][0, 0] == pytest.approx(number, rel=1e-13, abs=1e-15), name


def test_gradients_are_told_as_chain_rules() -> None:
    """An expression in notation names each quantity as the worksheets do, with its step."""
    fixture = load_fixture("lstm")
    graph = backward(forward_graph(fixture.spec), 2)
    q = graph["lstm.d_c[0]"]
    assert q.expr is not None

    assert label_of(q) == "∂L/∂c₁"
    assert notation(q.expr, graph) == "∂L/∂c₂·f₂ + ∂L/∂tanh(c₁)·(1 − tanh(c₁)·tanh(c₁))"
