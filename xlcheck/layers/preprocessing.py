"""Layers that prepare inputs: Rescaling, Normalization, CategoryEncoding, Discretization, IntegerLookup.

Source: `keras.layers`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import (
    Concat,
    Const,
    Expr,
    Greater,
    Largest,
    Maximum,
    NotEqual,
    OneHot,
    Sqrt,
    Total,
    lift,
)
from xlcheck.graph.quantities import Band, Role
from xlcheck.layers.activations import single
from xlcheck.layers.signals import Element, Signal, Use, each_pixel, each_step, elements, last_axis, output_band, pick

_MODES = ("int", "one_hot", "multi_hot", "count")
_MOST_KNOWN = 200  # each is a part of one formula
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
    return (_encoded(use, rows, lambda code: OneHot(code, depth), timed=timed, what="code"),)


def discretization(use: Use) -> tuple[Signal, ...]:
    """Discretization: how many boundaries are not above a number; as a code, or as ones among zeros."""
    (signal,) = use.inputs
    mode = use.layer.options["output_mode"]
    if not use.layer.options["bin_boundaries"]:
        raise NotSupportedError(f"layer {use.layer.name!r}: a Discretization without boundaries is not supported")
    boundaries = [Const(_lowest(number)) for number in use.layer.options["bin_boundaries"]]
    if mode == "int":
        band = output_band(use.name, signal.timed, "how many boundaries ≤ {x}", "The number of the interval, from 0.")
        return (each_step(use.build, band, signal, lambda x: Total(tuple(1 - Greater(b, x) for b in boundaries))),)

    def hot(x: Expr) -> Expr:
        above = [1 - Greater(b, x) for b in boundaries]
        below = [Greater(b, x) for b in boundaries]
        return Concat((below[0], *(a * b for a, b in zip(above, below[1:], strict=False)), above[-1]))

    return (_each_encoded(use, hot, "interval"),)


def integer_lookup(use: Use) -> tuple[Signal, ...]:
    """IntegerLookup: the place of a whole number in a list; as a code, or as ones among zeros."""
    (signal,), options = use.inputs, use.layer.options
    known, unknown, mask, mode = (
        options[key] for key in ("vocabulary", "num_oov_indices", "mask_token", "output_mode")
    )
    if unknown > 1 or mode not in _MODES or (mask is not None and mode != "int") or len(known) > _MOST_KNOWN:
        raise NotSupportedError(
            f"layer {use.layer.name!r}: IntegerLookup is supported only with num_oov_indices=0 or 1, with a mask_token "
            f"only for output_mode='int', not with 'tf_idf', and of up to {_MOST_KNOWN} numbers"
        )
    first = unknown + (mask is not None)

    def is_known(x: Expr) -> list[Expr]:
        return [1 - NotEqual(x, Const(float(number))) for number in known]

    def place(x: Expr) -> Expr:
        places: list[Expr] = [(first + k) * one for k, one in enumerate(is_known(x)) if first + k]
        if unknown and mask is not None:  # the place 0 is the mask's, and the next one that of what is unknown
            places = [1 - Total((1 - NotEqual(x, Const(float(mask))), *is_known(x))), *places]
        return Total(tuple(places)) if places else 0 * x

    if mode == "int":
        what = "The place of the number in the list" + ", 0 if it is not there." * (first == 1 == unknown)
        band = output_band(use.name, signal.timed, "the place of {x} in the list", what.rstrip(".") + ".")
        return (each_step(use.build, band, signal, place),)
    return (
        _each_encoded(use, lambda x: Concat((*((1 - Total(tuple(is_known(x))),) * unknown), *is_known(x))), "number"),
    )


def _each_encoded(use: Use, hot: Callable[[Expr], Expr], what: str) -> Signal:
    """Numbers as ones among zeros: those of a vector, or one in each step.

    Raises:
        NotSupportedError: Keras makes something odd of them, or of an image.
    """
    (signal,), mode = use.inputs, use.layer.options["output_mode"]
    rows = [elements(use.build, Signal.vector(step)) for step in signal.steps]
    if signal.columns or (signal.timed and (len(rows[0]) > 1 or mode != "one_hot")):
        raise NotSupportedError(
            f"layer {use.layer.name!r}: {use.layer.kind} of a sequence or an image is not supported with "
            f"output_mode={mode!r}; 'int' is, and 'one_hot' of a single number a step"
        )
    if not signal.timed:
        rows = [[element] for element in rows[0]] if mode == "one_hot" else rows
    return _encoded(use, rows, hot, timed=signal.timed or len(rows) > 1, what=what)


def _lowest(boundary: float) -> float:
    """The lowest of the numbers that are written for a boundary: in double or in single precision, or as a decimal.

    Keras rounds to single precision what it compares, so that all of them are equal to it.
    """
    return min(float(boundary), single(boundary), float(str(np.float32(boundary))))


def _encoded(
    use: Use, rows: Sequence[Sequence[Element]], hot: Callable[[Expr], Expr], *, timed: bool, what: str
) -> Signal:
    """Ones among zeros: for each row, and of several elements in one row each of them, or how often each occurs."""
    mode, index = use.layer.options["output_mode"], "ₜ" if timed else ""
    place = {"code": "place", "interval": "the place of the interval of"}.get(what, f"the place of the {what}")
    equation, meaning = {
        "one_hot": (f"1 at {place} x{index}, else 0",
                    f"The {what} as a vector of zeros with a single one."),
        "multi_hot": (f"1 at the place of every {what}", f"A one for every {what} that occurs."),
        "count": (f"how often each {what} occurs", f"How often each {what} occurs."),
    }[mode]  # fmt: skip
    band = Band(use.name, "y", Role.OUTPUT, f"y{index}", equation, meaning)
    outputs = []
    for t, row in enumerate(rows):
        each = tuple(hot(pick(use.build, [element])) for element in row)
        value = each[0] if len(each) == 1 else Largest(each) if mode == "multi_hot" else Total(each)
        outputs.append(use.build.let(band, value, t if timed else None))
    return Signal(tuple(outputs), timed)


def _constant(value: float | Sequence[float]) -> Expr:
    """A number or a vector of numbers; Keras rounds them to single precision on the way to a tensor."""
    if isinstance(value, (int, float)):
        return lift(single(value))
    return Concat(tuple(Const(single(item)) for item in value))
