"""A graph taken apart into single numbers computes the same numbers."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from xlcheck.chapter.recordings.store import load_fixture
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.gradients import backward
from xlcheck.graph.notation import label_of, notation
from xlcheck.graph.quantities import Band, Quantity, Role
from xlcheck.graph.scalars import indices, scalar_graph, scalar_name
from xlcheck.layers.gates import gates_of
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
    assert notation(q.expr, graph) == "∂L/∂c₂ · f₂ + ∂L/∂tanh(c₁) · (1 − tanh(c₁) · tanh(c₁))"


@pytest.mark.parametrize(("lesson", "quantity", "gates"), [("lstm", "d_h[0]", "ocfi"), ("gru", "d_h[0]", None)])
def test_the_columns_of_a_gate_are_called_by_its_name(lesson: str, quantity: str, gates: str | None) -> None:
    """A part of a kernel is named as in the equations of the forward pass, and by no number of a column."""
    fixture = load_fixture(lesson)
    graph = backward(forward_graph(fixture.spec), 2)
    q = graph[f"{lesson}.{quantity}"]
    assert q.expr is not None
    text = notation(q.expr, graph, gates_of(graph.symbols))

    assert re.search(r"\[\d", text) is None
    assert re.search(r"\[\d", notation(q.expr, graph)) is not None
    named = re.findall(r"recurrent_kernel\[(\w+)\]", text)
    assert set(named) == set(gates or ("z", "r", "hh"))


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 1, 4)])
def test_numbers_of_elements_are_in_c_order(shape: tuple[int, ...]) -> None:
    """The name of an element by its number is that by the indices which NumPy gives it."""
    q = Quantity(Band("layer", "x", Role.WEIGHT), None, shape)

    assert [q.element_at(number) for number in range(math.prod(shape))] == [q.element(i) for i in np.ndindex(shape)]


def test_the_only_number_of_a_quantity_has_its_name() -> None:
    """One of several has its index behind it, and a sample before it, unless all samples share it."""
    band = Band("dense", "y", Role.OUTPUT, "y", "", "")
    one, two = (Quantity(band, None, shape) for shape in ((1,), (2,)))

    assert (scalar_name(one, (0,), 0), scalar_name(one, (0,))) == ("sample1.dense.y", "dense.y")
    assert scalar_name(two, (1,), 2) == "sample3.dense.y[1]"
