"""Dense: y = activation(x · kernel + bias), at every time step of a sequence, and for every pixel of an image.

Source: `keras.layers.Dense`.
"""

from __future__ import annotations

from dataclasses import replace
from math import prod

from xlcheck.graph.expressions import Dot, Expr, Slice
from xlcheck.layers.activations import activation
from xlcheck.layers.element_grids import MOST_AXES, Shape, shape_of
from xlcheck.layers.signals import Signal, Use, activated, bands_of_sums, each_pixel, of_image, side_by_side


def equations(use: Use) -> tuple[Signal, ...]:
    """Write down the weighted sum and its activation, for each time step if there are several; a mask stays."""
    (signal,) = use.inputs
    kept, units = shape_of(use.build, signal)[:-1], use.build.shape(use.weights["kernel"])[-1]
    return (replace(weighted_sums(use, kept, (units,), "The weighted sum of what comes in"), mask=signal.mask),)


def weighted_sums(use: Use, kept: Shape, made: Shape, meaning: str) -> Signal:
    """Sums over the last axes of the input, and their activation.

    Args:
        use: a layer with a matrix `kernel`, and perhaps a `bias` for all that is made or for its last axis.
        kept: the axes of the input that stay.
        made: those that come in the place of the others.
        meaning: what the sums are.
    """
    (signal,) = use.inputs
    act, bias = activation(use.layer.name, use.layer.options["activation"]), use.weights.get("bias")
    out = (*kept, *made)
    columns, timed = out[1] if len(out) == MOST_AXES else 0, len(out) > 1
    equation = f"x{'ₜ' if kept else ''} · kernel" + " + bias" * (bias is not None)
    z_band, y_band = bands_of_sums(use.name, act, equation, meaning, timed=timed)
    every, each = prod(made), made[-1]

    def weighted(x: Expr, start: int = 0, stop: int = every) -> Expr:
        kernel = use.weights["kernel"]
        product = Dot(x, kernel if stop - start == every else Slice(kernel, start, stop))
        if bias is None:
            return product
        return product + (bias if use.build.shape(bias)[0] == stop - start else Slice(bias, start, stop))

    def row_of(x: Expr) -> Expr:
        if bias is None or use.build.shape(bias)[0] == every:
            return weighted(x)
        return side_by_side([weighted(x, start, start + each) for start in range(0, every, each)])

    if kept:
        columns_of = signal.columns if len(kept) == MOST_AXES - 1 else 0
        sums = [each_pixel(use.build, row, columns_of, row_of) for row in signal.steps]
    else:
        sums = [weighted(signal.steps[0], start, start + each) for start in range(0, every, each)]
    outputs = []
    for t, value in enumerate(sums):
        step = t if timed else None
        z = use.build.let(of_image(z_band, columns), value, step)
        outputs.append(use.build.let(of_image(y_band, columns), activated(use.build, act, z, columns), step))
    return Signal(tuple(outputs), timed, columns=columns)
