"""EinsumDense: a Dense layer that sums over the last axes of its input, and makes one or several axes of the sums.

Source: `keras.layers.EinsumDense`. The kernel is kept as a matrix: all that is summed over, times all that is made.
"""

from __future__ import annotations

from math import prod

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import Dot, Expr, Slice
from xlcheck.layers.activations import activation
from xlcheck.layers.element_grids import MOST_AXES, shape_of
from xlcheck.layers.signals import Signal, Use, activated, bands_of_sums, each_pixel, of_image, side_by_side
from xlcheck.model.option_values import axes_of_einsum

_PIXELS = 2  # an image has these axes before that of its channels


def equations(use: Use) -> tuple[Signal, ...]:
    """Write down the weighted sums and their activations."""
    (signal,) = use.inputs
    act, bias = activation(use.layer.name, use.layer.options["activation"]), use.weights.get("bias")
    kept, made = _shapes(use, signal)
    out = (*kept, *made)
    columns, timed = out[1] if len(out) == MOST_AXES else 0, len(out) > 1
    equation = f"x{'ₜ' if kept else ''} · kernel" + " + bias" * (bias is not None)
    z_band, y_band = bands_of_sums(use.name, act, equation, "The weighted sums of what comes in", timed=timed)
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

    if not kept:
        sums = [weighted(signal.steps[0], start, start + each) for start in range(0, every, each)]
    else:
        columns_of = signal.columns if len(kept) == _PIXELS else 0
        sums = [each_pixel(use.build, row, columns_of, row_of) for row in signal.steps]
    outputs = []
    for t, value in enumerate(sums):
        step = t if timed else None
        z = use.build.let(of_image(z_band, columns), value, step)
        outputs.append(use.build.let(of_image(y_band, columns), activated(use.build, act, z, columns), step))
    return (Signal(tuple(outputs), timed, columns=columns),)


def _shapes(use: Use, signal: Signal) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The sizes of the axes that stay, and of those that are made.

    Raises:
        NotSupportedError: the layer does something else than to sum over the last axes.
    """
    options, shape = use.layer.options, shape_of(use.build, signal)
    summed, made, biased = axes_of_einsum(options["equation"], options["bias_axes"])
    given = options["output_shape"]
    sizes = tuple(given if isinstance(given, list) else [given])[-made:] if made else ()
    kept = shape[: len(shape) - summed]
    fits = (
        made
        and len(kept) + made <= MOST_AXES
        and (summed == 1 or kept)
        and (len(kept) < _PIXELS or signal.columns)
        and biased in {0, 1, made}
    )
    if not fits:
        raise NotSupportedError(
            f"layer {use.layer.name!r}: EinsumDense({options['equation']!r}, bias_axes={options['bias_axes']!r}) of "
            f"the shape {shape} is not supported, only where the last axes are summed over and others take their place"
        )
    return kept, sizes
