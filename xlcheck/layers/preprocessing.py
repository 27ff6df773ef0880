"""Layers that prepare inputs: Rescaling, Normalization, CategoryEncoding.

Source: `keras.layers`.
"""

from __future__ import annotations

from collections.abc import Sequence

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import Concat, Const, Expr, Largest, Maximum, OneHot, Sqrt, Total, lift
from xlcheck.graph.quantities import Band, Role
from xlcheck.layers.activations import single
from xlcheck.layers.signals import Signal, Use, each_pixel, each_step, elements, last_axis, output_band, pick

_EPSILON = 1e-7  # keras.config.epsilon(), below which Normalization lets no spread fall


def rescaling(use: Use) -> tuple[Signal, ...]:
    """Rescaling: x · scale + offset."""
    (signal,) = use.inputs
    scale, offset = _constant(use.layer.options["scale"]), _constant(use.layer.options["offset"])
    band = output_band(use.name, signal.timed, "{x} · scale + offset", "The input on another scale.")
    return (each_step(use.build, band, signal, lambda x: x * scale + offset),)


def normalization(use: Use) -> tuple[Signal, ...]:
    """Normalization: (x − mean) / √variance for each feature, or the way back with `invert`."""
    (signal,) = use.inputs
    axes = tuple(use.layer.options["axis"] or ())
    if axes not in ((-1,), (last_axis(signal),)):
        raise NotSupportedError(
            f"layer {use.layer.name!r}: Normalization over axis {axes} is not supported, only over the features "
            "(axis=-1)"
        )
    mean: Expr = use.weights["mean"] if "mean" in use.weights else _constant(use.layer.options["mean"])
    variance: Expr = use.weights["variance"] if "variance" in use.weights else _constant(use.layer.options["variance"])
    spread = Maximum(Sqrt(variance), Const(_EPSILON))
    if use.layer.options["invert"]:
        band = output_band(use.name, signal.timed, "mean + {x} · √variance", "The input on its original scale.")
    else:
        band = output_band(
            use.name, signal.timed, "({x} − mean) / √variance",
            "The input with the average 0 and the spread 1 in the training data.",
        )  # fmt: skip

    def scaled(x: Expr) -> Expr:
        return mean + x * spread if use.layer.options["invert"] else (x - mean) / spread

    return (each_step(use.build, band, signal, lambda x: each_pixel(use.build, x, signal.columns, scaled)),)


def category_encoding(use: Use) -> tuple[Signal, ...]:
    """CategoryEncoding: codes as ones among zeros; one vector for each code, or one for all of them."""
    (signal,) = use.inputs
    depth, mode = use.layer.options["num_tokens"], use.layer.options["output_mode"]
    rows = [elements(use.build, Signal.vector(step)) for step in signal.steps]
    if not signal.timed:
        every = [element for row in rows for element in row]
        rows = [[element] for element in every] if mode == "one_hot" else [every]
    timed = signal.timed or (mode == "one_hot" and len(rows) > 1)
    if mode == "one_hot" and any(len(row) > 1 for row in rows):
        raise NotSupportedError(
            f"layer {use.layer.name!r}: CategoryEncoding of several codes in one step is not supported"
        )
    index = "ₜ" if timed else ""
    equation, meaning = {
        "one_hot": ("1 at place xₜ, else 0", "The code as a vector of zeros with a single one."),
        "multi_hot": ("1 at the place of every code", "A one for every code that occurs."),
        "count": ("how often each code occurs", "How often each code occurs."),
    }[mode]
    band = Band(use.name, "y", Role.OUTPUT, f"y{index}", equation, meaning)
    outputs = []
    for t, row in enumerate(rows):
        hot = tuple(OneHot(pick(use.build, [element]), depth) for element in row)
        value = hot[0] if len(hot) == 1 else Largest(hot) if mode == "multi_hot" else Total(hot)
        outputs.append(use.build.let(band, value, t if timed else None))
    return (Signal(tuple(outputs), timed),)


def _constant(value: float | Sequence[float]) -> Expr:
    """A number or a vector of numbers; Keras rounds them to single precision on the way to a tensor."""
    if isinstance(value, (int, float)):
        return lift(single(value))
    return Concat(tuple(Const(single(item)) for item in value))
