"""Tensors as grids of their elements: the numbers that come out stand where NumPy puts them."""

from __future__ import annotations

import numpy as np
import pytest

from xlcheck.graph.evaluate import evaluate
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.element_grids import (
    FILL,
    combined_images,
    image_side,
    numbered,
    of_rows,
    rows_of,
    shape_of,
    taken,
)
from xlcheck.layers.signals import Signal

Array = np.ndarray
SHAPES = [(4,), (3, 2), (2, 3, 2)]
MADE = Band("layer", "y", Role.OUTPUT, "yₜ", "xₜ")


class _Tensors:
    """Tensors with numbers of their own, and what is made of them."""

    def __init__(self, *arrays: Array) -> None:
        self.build, self._values = GraphBuilder(), dict[str, Array]()
        self.signals = [self._signal(f"x{n}", own) for n, own in enumerate(arrays)]

    def _signal(self, name: str, own: Array) -> Signal:
        rows = [own] if own.ndim == 1 else [row.ravel() for row in own]
        steps = [None] if own.ndim == 1 else range(len(rows))
        band = Band(name, "x", Role.INPUT, "x")
        refs = tuple(self.build.given(band, row.shape, t) for t, row in zip(steps, rows, strict=True))
        self._values |= {ref.name: row[None] for ref, row in zip(refs, rows, strict=True)}
        return Signal(refs, own.ndim > 1, columns=own.shape[1] if own.ndim == 3 else 0)

    def numbers(self, signal: Signal) -> Array:
        """The numbers of a tensor, in its shape."""
        found = evaluate(self.build.build(), self._values)
        return np.concatenate([found[ref.name][0] for ref in signal.steps]).reshape(shape_of(self.build, signal))


@pytest.mark.parametrize("shape", SHAPES)
def test_each_element_has_a_number(shape: tuple[int, ...]) -> None:
    """Rule: those of a second tensor go on where the first one ends; rows are its steps, and a vector is one row."""
    tensors = _Tensors(np.zeros(shape), np.zeros(3))
    every, (first, second) = numbered(tensors.build, tensors.signals)

    assert (first.tolist(), first.shape) == (np.arange(first.size).reshape(shape).tolist(), shape)
    assert second.tolist() == [first.size, first.size + 1, first.size + 2]
    assert every[first.size] == (tensors.signals[1].steps[0], 0)
    assert len(rows_of(first)) == (1 if len(shape) == 1 else shape[0])
    assert [number for row in rows_of(first) for number in row] == [*range(first.size)]


@pytest.mark.parametrize("shape", SHAPES)
def test_elements_are_taken_by_their_numbers(shape: tuple[int, ...]) -> None:
    """Rule: in whatever order and shape, also several times; a constant stands where there is none."""
    own = np.random.default_rng(3).normal(size=shape)
    tensors = _Tensors(own)
    every, (grid,) = numbered(tensors.build, tensors.signals)
    turned = taken(tensors.build, MADE, every, grid.T[::-1])
    flat = Band("flat", "y", Role.OUTPUT, "y")
    padded = taken(tensors.build, flat, every, np.array([FILL, 2, 2, FILL, FILL, 0]), constant=0.5)

    np.testing.assert_array_equal(tensors.numbers(turned), own.T[::-1])
    x = own.ravel()
    assert tensors.numbers(padded).tolist() == [0.5, x[2], x[2], 0.5, 0.5, x[0]]
    assert taken(tensors.build, flat, every, np.zeros((0, 2), int)).steps == ()


@pytest.mark.parametrize("other", [(2, 3, 2), (1, 3, 2), (2, 1, 2), (1, 1, 2)])
def test_the_only_row_or_column_of_an_image_is_used_again(other: tuple[int, ...]) -> None:
    """Rule: images are combined as NumPy combines arrays; the first one stays in the first place."""
    drawn = np.random.default_rng(5)
    one, two = drawn.normal(size=(2, 3, 2)), drawn.normal(size=other)
    tensors = _Tensors(one, two)
    sides = [image_side(tensors.build, signal) for signal in tensors.signals]
    rows, shape = combined_images(sides, [one.shape, other], lambda a, b: a - b)

    assert shape == (2, 3, 2)
    np.testing.assert_allclose(tensors.numbers(of_rows(tensors.build, MADE, rows, shape)), one - two, rtol=1e-15)


def test_images_that_do_not_fit_are_not_combined() -> None:
    tensors = _Tensors(np.zeros((2, 3, 2)), np.zeros((2, 2, 2)))
    sides = [image_side(tensors.build, signal) for signal in tensors.signals]
    with pytest.raises(ValueError, match="shape mismatch"):
        combined_images(sides, [(2, 3, 2), (2, 2, 2)], lambda a, b: a - b)
