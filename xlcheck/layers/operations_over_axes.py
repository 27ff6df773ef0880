"""Mean, sum, largest and smallest value over some axes of a tensor: `keras.ops.mean(x, axis=1)` and its like.

Source: `keras.ops`, which follows NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import Concat, Expr, Largest, Ref, Slice, Sum, Total
from xlcheck.graph.quantities import GraphBuilder
from xlcheck.layers.element_grids import numbered, of_rows, rows_of, shape_of
from xlcheck.layers.signals import Element, Signal, Use, output_band, pick, side_by_side

OVER_AXES: dict[str, tuple[Callable[[Sequence[Expr]], Expr], str, str]] = {
    "mean": (lambda items: Total(tuple(items)) / len(items), "the average of x", "average"),
    "sum": (lambda items: Total(tuple(items)), "Σ x", "sum"),
    "max": (lambda items: Largest(tuple(items)), "max x", "largest value"),
    "min": (lambda items: -Largest(tuple(-item for item in items)), "min x", "smallest value"),
}
OVER_AXES |= {"amax": OVER_AXES["max"], "amin": OVER_AXES["min"]}
"""What is made of several numbers, in mathematical notation, and what that is called."""


def over_axes(use: Use) -> tuple[Signal, ...]:
    """Mean, sum, maximum and minimum over the time steps, the features of each step, all pixels, or several of them."""
    (signal,) = use.inputs
    combine, equation, word = OVER_AXES[use.layer.kind.removeprefix("ops.")]
    shape, asked, keep = shape_of(use.build, signal), use.layer.options["axis"], use.layer.options["keepdims"]
    axes = asked if isinstance(asked, list) else [asked]
    over = sorted({axis % (len(shape) + 1) - 1 for axis in axes if axis is not None})
    if not over or -1 in over or (len(over) == len(shape) and not keep):
        raise NotSupportedError(
            f"operation {use.layer.name!r}: {use.layer.kind} over axis {asked!r} is not supported, only where an axis "
            "is left beside that of the samples, as with keepdims=True"
        )
    left = tuple(1 if axis in over else size for axis, size in enumerate(shape) if keep or axis not in over)
    names = ("rows", "columns", "channels") if signal.columns else ("steps", "features")[-len(shape) :]
    what = "pixels" if signal.columns and over == [0, 1] else " and ".join(names[axis] for axis in over)
    beside = {"steps": " of each feature", "pixels": " of each channel"}.get(what, "")
    band = output_band(
        use.name, len(left) > 1, f"{equation} over {'the features' if what == 'features' else f'all {what}'}",
        f"The {word} of the features." if what == "features" else f"The {word}{beside} over all {what}.",
    )  # fmt: skip
    every, (grid,) = numbered(use.build, [signal])
    if over == [len(shape) - 1] and not signal.columns:  # the features of a step stand side by side
        values = [Sum(x) if word == "sum" else combine(_elements(use.build, x)) for x in signal.steps]
        rows: list[Expr] = values if len(left) > 1 or len(values) == 1 else [Concat(tuple(values))]
        return (of_rows(use.build, band, rows, left),)
    parts = np.moveaxis(grid, over, range(len(over))).reshape(-1, *left)
    rows = [_reduced(use.build, every, items, combine) for items in zip(*map(rows_of, parts), strict=True)]
    return (of_rows(use.build, band, rows, left),)


def _reduced(
    build: GraphBuilder, every: Sequence[Element], items: Sequence[Sequence[int]], combine: Callable[..., Expr]
) -> Expr:
    """What is made of several vectors, element by element; each is said by the numbers of its elements."""
    vectors = [pick(build, [every[i] for i in item]) for item in items]
    if not any(isinstance(vector, Concat) for vector in vectors):
        return combine(vectors)
    return side_by_side([combine([pick(build, [every[i]]) for i in each]) for each in zip(*items, strict=True)])


def _elements(build: GraphBuilder, x: Ref) -> list[Expr]:
    return [Slice(x, i, i + 1) for i in range(build.shape(x)[0])]
