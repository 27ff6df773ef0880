"""Tensors as grids of their elements: whatever rearranges or reduces them does so to their numbers, with NumPy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from xlcheck.graph.expressions import Const, Expr
from xlcheck.graph.quantities import Band, GraphBuilder
from xlcheck.layers.signals import Element, Signal, elements, of_image, pick, pixel, side_by_side

Grid = NDArray[np.int64]
Shape = tuple[int, ...]
Side = Callable[[int, int | None], Expr]
"""`(row, column)` → a pixel of an image, or, without a column, a row of it."""
MOST_AXES = 3
"""Of a tensor, without the axis of samples: rows, columns and channels."""
FILL = -1
"""Stands for a constant among the numbers of elements."""


def shape_of(build: GraphBuilder, signal: Signal) -> Shape:
    """The shape of a tensor without the axis of samples."""
    size = len(elements(build, signal))
    if not signal.timed:
        return (size,)
    steps, columns = len(signal.steps), signal.columns
    return (steps, columns, size // (steps * columns)) if columns else (steps, size // steps)


def numbered(build: GraphBuilder, signals: Iterable[Signal]) -> tuple[list[Element], list[Grid]]:
    """The elements of all tensors, and for each tensor the numbers of its own, in its shape."""
    every: list[Element] = []
    grids = []
    for signal in signals:
        own = elements(build, signal)
        grids.append(np.arange(len(every), len(every) + len(own)).reshape(shape_of(build, signal)))
        every += own
    return every, grids


def rows_of(grid: Grid) -> list[list[int]]:
    """The numbers in each row, step or, of a vector, all of it."""
    return grid.reshape(len(grid) if grid.ndim > 1 else 1, -1).tolist()


def image_side(build: GraphBuilder, signal: Signal) -> Side:
    """An image that is combined with others, of which the only row or column is used again and again."""

    def at(row: int, column: int | None) -> Expr:
        row = row if len(signal.steps) > 1 else 0
        return signal.steps[row] if column is None else pixel(build, signal, row, column if signal.columns > 1 else 0)

    return at


def combined_images(
    sides: Sequence[Side], shapes: Sequence[Shape], combine: Callable[..., Expr]
) -> tuple[list[Expr], Shape]:
    """The rows of what is made of images, element by element, and its shape.

    Args:
        sides: the images, and constants beside them.
        shapes: of the images; an axis of length 1 is used again and again.
        combine: makes one expression of an expression of each side.

    Raises:
        ValueError: the shapes do not fit.
    """
    shape = tuple(np.broadcast_shapes(*shapes))
    if set(shapes) == {shape}:
        return [combine(*(side(row, None) for side in sides)) for row in range(shape[0])], shape
    rows = ([combine(*(side(row, column) for side in sides)) for column in range(shape[1])] for row in range(shape[0]))
    return [side_by_side(row) for row in rows], shape


def of_rows(build: GraphBuilder, band: Band, rows: Sequence[Expr], shape: Shape) -> Signal:
    """A tensor of this shape out of its rows, steps or the only vector; `band` says ₜ where it has several axes."""
    if len(shape) == 1:
        return Signal.vector(build.let(band, rows[0]))
    columns = shape[1] if len(shape) == MOST_AXES else 0
    refs = tuple(build.let(of_image(band, columns), row, t) for t, row in enumerate(rows))
    return Signal(refs, timed=True, columns=columns)


def taken(build: GraphBuilder, band: Band, every: Sequence[Element], grid: Grid, constant: float = 0.0) -> Signal:
    """A tensor of these elements, by their numbers, in the shape of the grid; the constant stands for `FILL`."""
    if not grid.size:
        return Signal((), timed=True)
    rows = []
    for row in rows_of(grid):
        parts: list[Expr] = []
        for is_fill, run in groupby(row, FILL.__eq__):
            numbers = list(run)
            filled = [Const(constant)] * len(numbers)
            parts += filled if is_fill else [pick(build, [every[i] for i in numbers])]
        rows.append(side_by_side(parts))
    return of_rows(build, band, rows, grid.shape)
