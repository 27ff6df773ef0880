"""What is made of all numbers over some axes: means, sums, spreads and extremes, beside NumPy's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from made_layers import X, layer, made

from xlcheck.errors import NotSupportedError
from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.operations_over_axes import OVER_AXES, over_axes
from xlcheck.layers.signals import Signal, Use

IMAGE = np.random.default_rng(8).normal(size=(2, 3, 2))


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("axis", [1, 2, -1])
@pytest.mark.parametrize("name", OVER_AXES)
def test_an_axis_of_a_sequence_is_left_out(name: str, axis: int, *, keep: bool) -> None:
    """Rule: axis 1 is that of the steps and the last one that of the features, behind the one of the samples."""
    (actual,) = made(over_axes, layer(f"ops.{name}", axis=axis, keepdims=keep), [X])
    desired = getattr(np, name)(X, axis=0 if axis == 1 else 1, keepdims=keep)

    assert actual.shape == desired.shape
    np.testing.assert_allclose(actual, desired, rtol=1e-13)


def _of_image(name: str, axis: object, *, keep: bool) -> tuple[list[float], str]:
    """The numbers that are made of the image, row by row, and what is said of them."""
    build = GraphBuilder()
    rows = tuple(build.given(Band("input", "x", Role.INPUT, "x"), (6,), t) for t in range(2))
    own = layer(f"ops.{name}", axis=axis, keepdims=keep)
    (signal,) = over_axes(Use(build, "layer", own, {}, (Signal.image(rows, 3),)))
    graph = build.build()
    found = evaluate(graph, {ref.name: row.reshape(1, -1) for ref, row in zip(rows, IMAGE, strict=True)})
    said = graph[signal.steps[0].name].band.meaning
    return [number for ref in signal.steps for number in found[ref.name][0].tolist()], said


@pytest.mark.parametrize(
    ("axis", "over", "said"),
    [
        (1, 0, "over all rows."), (2, 1, "over all columns."), (3, 2, "over all channels."),
        ([1, 2], (0, 1), "of each channel over all pixels."), ([-1, 1], (0, 2), "over all rows and channels."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["mean", "max", "std"])
def test_axes_of_an_image_are_left_out(name: str, axis: object, over: Any, said: str) -> None:
    """Rule: one or several of rows, columns and channels; rows and columns together are the pixels."""
    for keep in (False, True):
        numbers, meaning = _of_image(name, axis, keep=keep)
        np.testing.assert_allclose(numbers, getattr(np, name)(IMAGE, axis=over).ravel(), rtol=1e-13)
        assert meaning.endswith(said)


@pytest.mark.parametrize("axis", [0, None, [0, 1], [1, 2]])
def test_what_mixes_samples_or_leaves_no_axis_is_refused(axis: object) -> None:
    """Rule: an axis stays beside that of the samples, be it as one of length 1."""
    with pytest.raises(NotSupportedError, match="over axis"):
        made(over_axes, layer("ops.sum", axis=axis, keepdims=False), [X])
    if axis == [1, 2]:
        (kept,) = made(over_axes, layer("ops.sum", axis=axis, keepdims=True), [X])
        np.testing.assert_allclose(kept, X.sum(keepdims=True), rtol=1e-13)
