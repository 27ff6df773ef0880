"""What is made of all numbers over some axes of a tensor: `keras.ops.mean(x, axis=1)`, `var`, `max` and their like.

Source: `keras.ops`, which follows NumPy: a variance is the mean of the squares, divided by their number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import Concat, Expr, Largest, Sqrt, Sum, Total
from xlcheck.graph.quantities import GraphBuilder, Role
from xlcheck.layers.element_grids import numbered, of_rows, rows_of, shape_of
from xlcheck.layers.signals import Element, Signal, Use, elements, output_band, pick, side_by_side

Combine = Callable[[Sequence[Expr]], Expr]
OVER_AXES: dict[str, tuple[Combine, str, str]] = {
    "mean": (lambda items: Total(tuple(items)) / len(items), "the average of x", "average"),
    "sum": (lambda items: Total(tuple(items)), "Σ x", "sum"),
    "max": (lambda items: Largest(tuple(items)), "max x", "largest value"),
    "min": (lambda items: -Largest(tuple(-item for item in items)), "min x", "smallest value"),
    "var": (lambda items: Total(tuple(items)) / len(items), "the average of (x − mean)²", "variance"),
    "std": (lambda items: Sqrt(Total(tuple(items)) / len(items)), "√ the average of (x − mean)²", "standard deviation"),
}
OVER_AXES |= {"amax": OVER_AXES["max"], "amin": OVER_AXES["min"]}
"""What is made of several numbers, or of their squared distances from `mean`; how it is written, and called."""


def over_axes(use: Use) -> tuple[Signal, ...]:
    """Mean, sum, spread, maximum and minimum over the steps, the features of each step, all pixels, or several."""
    (signal,) = use.inputs
    operation = use.layer.kind.removeprefix("ops.")
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

    def made(operation: str, symbol: str = "y", means: Signal | None = None) -> Signal:
        _, equation, word = OVER_AXES[operation]
        band = output_band(
            use.name, len(left) > 1, f"{equation} over {'the features' if what == 'features' else f'all {what}'}",
            f"The {word} of the features." if what == "features" else f"The {word}{beside} over all {what}.",
        )  # fmt: skip
        if symbol != "y":
            label = band.label.replace("y", symbol)
            band = replace(band, symbol=symbol, label=label, role=Role.INTERMEDIATE)
        mean = None if means is None else elements(use.build, means)
        return of_rows(use.build, band, _rows(use.build, signal, over, left, operation, mean), left)

    if operation in ("var", "std"):
        return (made(operation, means=made("mean", "mean")),)
    return (made(operation),)


def _rows(
    build: GraphBuilder, signal: Signal, over: Sequence[int], left: tuple[int, ...], operation: str,
    mean: Sequence[Element] | None,
) -> list[Expr]:  # fmt: skip
    """The rows of what is made of the numbers, or, with their means, of squared distances from these."""
    every, (grid,) = numbered(build, [signal])
    own = iter(mean or ())
    if not signal.columns and list(over) == [grid.ndim - 1]:  # the features of a step stand side by side
        each = [[pick(build, [(x, i)]) for i in range(build.shape(x)[0])] for x in signal.steps]
        if operation == "sum":
            values: list[Expr] = [Sum(x) for x in signal.steps]
        else:
            values = [_made(operation, items, None if mean is None else pick(build, [next(own)])) for items in each]
        return values if len(left) > 1 or len(values) == 1 else [Concat(tuple(values))]
    parts = np.moveaxis(grid, over, range(len(over))).reshape(-1, *left)
    rows = []
    for items in zip(*map(rows_of, parts), strict=True):
        beside = None if mean is None else [next(own) for _ in items[0]]
        vectors = [pick(build, [every[i] for i in item]) for item in items]
        if not any(isinstance(vector, Concat) for vector in vectors):
            rows.append(_made(operation, vectors, None if beside is None else pick(build, beside)))
            continue
        elements_of = [[pick(build, [every[i]]) for i in numbers] for numbers in zip(*items, strict=True)]
        means: list[Expr | None] = [pick(build, [one]) for one in beside] if beside else [None] * len(elements_of)
        rows.append(side_by_side([_made(operation, numbers, m) for numbers, m in zip(elements_of, means, strict=True)]))
    return rows


def _made(operation: str, items: Sequence[Expr], mean: Expr | None) -> Expr:
    combine = OVER_AXES[operation][0]
    return combine(items if mean is None else [(item - mean) * (item - mean) for item in items])
