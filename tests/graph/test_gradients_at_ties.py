"""Gradients where several items of a maximum are equally large: what no random number ever shows."""

from __future__ import annotations

import numpy as np
import pytest

from xlcheck.graph import expressions as ex
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.gradients import backward
from xlcheck.graph.quantities import Band, GraphBuilder, Role

NAMES = ("a", "b", "c")


def gradients(kind: type[ex.Nary], values: tuple[float, ...]) -> list[float]:
    """The gradient of the maximum of three weights with respect to each of them."""
    build = GraphBuilder()
    items = [build.given(Band("layer", name, Role.WEIGHT), (1,)) for name in NAMES]
    largest = build.let(Band("layer", "y", Role.OUTPUT), kind(tuple(items)))
    loss = build.let(Band("loss", "loss", Role.LOSS), ex.Sum(largest))
    build.let(Band("loss", "mean", Role.LOSS), ex.BatchMean(loss))
    graph = backward(build.build((largest,)), 1)
    given = {f"layer.{name}": np.array([value]) for name, value in zip(NAMES, values, strict=True)}
    found = evaluate(graph, given)
    return [float(found[f"layer.d_{name}"].reshape(-1)[0]) for name in NAMES]


@pytest.mark.parametrize(
    ("values", "first"),
    [
        ((1.0, 1.0, 1.0), [1.0, 0.0, 0.0]),
        ((0.0, 1.0, 1.0), [0.0, 1.0, 0.0]),
        ((1.0, 0.0, 1.0), [1.0, 0.0, 0.0]),
        ((0.0, 0.5, 1.0), [0.0, 0.0, 1.0]),
    ],
)
def test_everything_flows_to_the_first_of_equal_items(values: tuple[float, ...], first: list[float]) -> None:
    """MaxPooling1D hands its gradient to the first of equal values, as Keras does, and to it alone."""
    assert gradients(ex.FirstLargest, values) == first


def test_equal_items_share() -> None:
    """GlobalMaxPooling1D divides its gradient among equal values."""
    assert gradients(ex.Largest, (1.0, 1.0, 0.0)) == [0.5, 0.5, 0.0]
