"""EinsumDense: a Dense layer that sums over the last axes of its input, and makes one or several axes of the sums.

Source: `keras.layers.EinsumDense`. The kernel is kept as a matrix: all that is summed over, times all that is made.
"""

from __future__ import annotations

from xlcheck.errors import NotSupportedError
from xlcheck.layers.dense import weighted_sums
from xlcheck.layers.element_grids import MOST_AXES, shape_of
from xlcheck.layers.signals import Signal, Use
from xlcheck.model.option_values import axes_of_einsum

_PIXELS = 2  # an image has these axes before that of its channels


def equations(use: Use) -> tuple[Signal, ...]:
    """Write down the weighted sums and their activations."""
    return (weighted_sums(use, *_shapes(use, use.inputs[0]), "The weighted sums of what comes in"),)


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
