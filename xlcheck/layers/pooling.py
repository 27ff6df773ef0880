"""Pooling over time or over an image: the layers of Keras whose names end with Pooling1D and Pooling2D.

Source: `keras.layers`; an average at the border is taken over the steps or pixels that exist.
"""

from __future__ import annotations

from collections.abc import Sequence

from xlcheck.graph.expressions import Expr, FirstLargest, Largest, Total
from xlcheck.graph.quantities import Band, Role
from xlcheck.layers.signals import Signal, Use, of_image, only_sequence, output_band, pixel, side_by_side
from xlcheck.layers.windows import grid


def equations(use: Use) -> tuple[Signal, ...]:
    """MaxPooling and AveragePooling: one output step or pixel for each window."""
    (signal,), options = use.inputs, use.layer.options
    only_sequence(use.layer.name, signal)
    largest = use.layer.kind.startswith("Max")
    what = "largest value" if largest else "average"
    size = " × ".join(map(str, options["pool_size"]))
    each, many = ("channel", "pixels") if signal.columns else ("feature", "steps")
    places = grid((len(signal.steps), signal.columns), options["pool_size"], options["strides"], options["padding"])
    columns = len(places[0]) if places and signal.columns else 0
    band = output_band(
        use.name, True, f"{'max' if largest else 'average'} over a window of {size}",
        f"The {what} of each {each} in a window of {size} {many}.",
    )  # fmt: skip
    outputs = []
    for t, row in enumerate(places):
        pooled = []
        for window in row:
            items = tuple(pixel(use.build, signal, r, column) for _, r, column in window)
            pooled.append(FirstLargest(items) if largest else _average(items))
        outputs.append(use.build.let(of_image(band, columns), side_by_side(pooled), t))
    return (Signal(tuple(outputs), timed=True, columns=columns),)


def global_equations(use: Use) -> tuple[Signal, ...]:
    """GlobalMaxPooling and GlobalAveragePooling: one vector for the whole sequence or image."""
    (signal,) = use.inputs
    steps = only_sequence(use.layer.name, signal)
    mask = signal.mask
    keep = use.layer.options["keepdims"]
    columns = range(signal.columns or 1)
    every = [pixel(use.build, signal, row, column) for row in range(len(steps)) for column in columns]
    x, over = ("x", "channel over all pixels") if signal.columns else ("xₜ", "feature over all steps")
    value: Expr
    if use.layer.kind.startswith("GlobalMax"):
        equation, meaning = f"the largest {x}", f"The largest value of each {over}."
        value = Largest(tuple(every))
    elif mask is None:
        equation, meaning = f"the average of all {x}", f"The average of each {over}."
        value = _average(every)
    else:
        equation, meaning = "Σ xₜ · maskₜ / Σ maskₜ", "The average of each feature over the steps that are read."
        value = Total(tuple(x * m for x, m in zip(steps, mask, strict=True))) / Total(mask)
    kept = 1 if keep and signal.columns else 0
    y = use.build.let(
        of_image(Band(use.name, "y", Role.OUTPUT, "y", equation, meaning), kept), value, 0 if keep else None
    )
    return (Signal((y,), timed=keep, columns=kept),)


def _average(items: Sequence[Expr]) -> Expr:
    return Total(tuple(items)) / len(items)
