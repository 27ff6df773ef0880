"""What a model computes between its layers: `x[:, -1]`, `x + y`, functions of `keras.ops` and `keras.activations`.

Source: `keras.ops`, which follows NumPy. Unlike a layer, an operation knows nothing of masks and hands none on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial, reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlcheck.errors import ModelError, NotSupportedError
from xlcheck.graph.expressions import (
    Abs,
    Concat,
    Const,
    Exp,
    Expr,
    Greater,
    Largest,
    Log,
    Maximum,
    Minimum,
    Mul,
    Ref,
    Slice,
    Sqrt,
    Sum,
    Total,
    Where,
    lift,
)
from xlcheck.graph.quantities import GraphBuilder
from xlcheck.layers.activation_layers import softmax_over_time
from xlcheck.layers.activations import ACTIVATIONS, gelu
from xlcheck.layers.signals import Equations, Signal, Use, each_step, elements, output_band, pick
from xlcheck.model.model_spec import LayerSpec, numpy_key

Numbers = NDArray[np.int64]


def _step(x: Expr, at_zero: Expr) -> Expr:
    """Keras's `heaviside`: 0 below 0, 1 above, the second number at 0."""
    return Where(Greater(x, lift(0.0)), lift(1.0), Where(Greater(lift(0.0), x), lift(0.0), at_zero))


_OF_ONE: dict[str, tuple[Callable[[Expr], Expr], str, str]] = {
    "absolute": (Abs, "|{x}|", "The input without its sign."),
    "negative": (lambda x: -x, "−{x}", "The input with the other sign."),
    "square": (lambda x: x * x, "{x}²", "The input times itself."),
    "sqrt": (Sqrt, "√{x}", "The square root of the input."),
    "exp": (Exp, "exp({x})", "e to the power of the input."),
    "log": (Log, "ln({x})", "The natural logarithm of the input."),
}
_OF_TWO: dict[str, tuple[Callable[[Expr, Expr], Expr], str, str]] = {
    "add": (lambda a, b: a + b, "{} + {}", "The sum of the two."),
    "subtract": (lambda a, b: a - b, "{} − {}", "The first minus the second."),
    "multiply": (lambda a, b: a * b, "{} · {}", "The product of the two, element by element."),
    "divide": (lambda a, b: a / b, "{} / {}", "The first divided by the second, element by element."),
    "true_divide": (lambda a, b: a / b, "{} / {}", "The first divided by the second, element by element."),
    "maximum": (Maximum, "max({}, {})", "The larger of the two, element by element."),
    "minimum": (Minimum, "min({}, {})", "The smaller of the two, element by element."),
    "heaviside": (_step, "step({}, {})", "1 above 0, 0 below it, at 0 the second number."),
}
_OVER_AXIS: dict[str, tuple[Callable[[Sequence[Expr]], Expr], str, str]] = {
    "mean": (lambda items: Total(tuple(items)) / len(items), "the average of x", "average"),
    "sum": (lambda items: Total(tuple(items)), "Σ x", "sum"),
    "max": (lambda items: Largest(tuple(items)), "max x", "largest value"),
    "min": (lambda items: -Largest(tuple(-item for item in items)), "min x", "smallest value"),
}
_REARRANGED: dict[str, tuple[Callable[[list[Numbers], Mapping[str, Any]], Numbers], str]] = {
    "get_item": (lambda x, options: x[0][numpy_key(options["key"])], "A part of the input."),
    "concatenate": (lambda x, options: np.concatenate(x, options["axis"]), "The inputs, one after the other."),
    "stack": (lambda x, options: np.stack(x, options["axis"]), "The inputs, one below the other."),
    "expand_dims": (lambda x, options: np.expand_dims(x[0], _axes(options["axis"])), "The input with one more axis."),
    "squeeze": (lambda x, options: np.squeeze(x[0], _axes(options["axis"])), "The input without axes of length 1."),
    "flip": (lambda x, options: np.flip(x[0], _axes(options["axis"])), "The input, read from its end."),
    "reshape": (lambda x, options: x[0].reshape(options["newshape"]), "The same numbers, cut in another way."),
    "transpose": (lambda x, options: np.transpose(x[0], options["axes"]), "The input with its axes exchanged."),
    "swapaxes": (
        lambda x, options: np.swapaxes(x[0], options["axis1"], options["axis2"]), "The input with its axes exchanged."
    ),
}  # fmt: skip


def _of_one(use: Use) -> tuple[Signal, ...]:
    """One operation on each element, or, as softmax, on each vector."""
    (signal,) = use.inputs
    operation = use.layer.kind.removeprefix("ops.")
    if operation in _OF_ONE:
        apply, equation, meaning = _OF_ONE[operation]
    else:
        activation = ACTIVATIONS[operation]
        if use.layer.options.get("approximate"):
            activation = replace(activation, apply=partial(gelu, approximate=True))
        apply, equation, meaning = activation.apply, f"{activation.notation}({{x}})", f"The input {activation.meaning}."
    return (_unmasked(each_step(use.build, output_band(use.name, signal.timed, equation, meaning), signal, apply)),)


def _softmax(use: Use) -> tuple[Signal, ...]:
    """Over the features of each step, or over the steps."""
    (signal,) = use.inputs
    axis = use.layer.options["axis"]
    if axis in (-1, 2 if signal.timed else 1):
        return _of_one(use)
    if signal.timed and axis in (1, -2):
        return (softmax_over_time(use.build, use.name, signal),)
    raise NotSupportedError(
        f"operation {use.layer.name!r}: softmax over axis {axis!r} is not supported, only over the features or the "
        "time steps"
    )


def _clip(use: Use) -> tuple[Signal, ...]:
    """Numbers that are too small or too large become the limit."""
    (signal,) = use.inputs
    low, high = use.layer.options["x_min"], use.layer.options["x_max"]
    if not (isinstance(low, int | float) and isinstance(high, int | float)):
        raise NotSupportedError(f"operation {use.layer.name!r}: clip is supported only between two numbers")
    band = output_band(
        use.name, signal.timed, f"min(max({{x}}, {low:g}), {high:g})", f"The input, kept between {low:g} and {high:g}."
    )
    return (
        _unmasked(
            each_step(use.build, band, signal, lambda x: Minimum(Maximum(x, Const(float(low))), Const(float(high))))
        ),
    )


def _power(use: Use) -> tuple[Signal, ...]:
    """A small whole power, as a product."""
    (signal,) = use.inputs
    power = use.layer.options["x2"]
    if power not in range(1, 7):
        raise NotSupportedError(
            f"operation {use.layer.name!r}: x**{power!r} is not supported, only whole powers from 1 to 6"
        )
    band = output_band(use.name, signal.timed, f"{{x}}^{power:g}", f"The input to the power {power:g}.")

    def product(x: Ref) -> Expr:
        factors: list[Expr] = [x] * int(power)
        return reduce(Mul, factors)

    return (_unmasked(each_step(use.build, band, signal, product)),)


def _of_two(use: Use) -> tuple[Signal, ...]:
    """Element by element; an axis of length 1 is used again and again, a number everywhere."""
    pair, equation, meaning = _OF_TWO[use.layer.kind.removeprefix("ops.")]
    timed = use.inputs[0].timed
    if any(signal.timed != timed for signal in use.inputs):
        raise NotSupportedError(
            f"operation {use.layer.name!r}: {use.layer.kind} of a sequence and a vector is not supported; RepeatVector "
            "makes a sequence of the vector"
        )
    constants = [key for key in ("x1", "x2") if key in use.layer.options]
    if len(use.inputs) + len(constants) != 2:
        raise ModelError(f"operation {use.layer.name!r}: {use.layer.kind} needs two tensors, or one and a number")
    signals = iter(use.inputs)
    sides = [_rows(use.layer, key, timed) if key in constants else next(signals).steps for key in ("x1", "x2")]
    symbols = iter(("x",) if len(use.inputs) == 1 else ("x₁", "x₂"))
    words = [_word(use.layer.options[key]) if key in constants else next(symbols) for key in ("x1", "x2")]
    words = [word + "ₜ" * (timed and not word[-1].isdecimal()) for word in words]
    band = output_band(use.name, timed, equation.format(*words), meaning)
    steps = []
    for t in range(max(map(len, sides))):
        a, b = (rows[t if len(rows) > 1 else 0] for rows in sides)
        steps.append(use.build.let(band, pair(a, b), t if timed else None))
    return (Signal(tuple(steps), timed),)


def _word(constant: Any) -> str:
    numbers = np.ravel(constant)
    return "constant" if len(numbers) > 1 else f"{numbers[0]:g}"


def _rows(layer: LayerSpec, key: str, timed: bool) -> tuple[Expr, ...]:
    """A constant, such as an encoding of positions: the same for all samples, a vector for each step or for all."""
    numbers = np.asarray(layer.options[key], dtype=float)
    shape = numbers.shape
    numbers = numbers.reshape((1,) * (2 + timed - numbers.ndim) + shape)
    if numbers.ndim != 2 + timed or numbers.shape[0] != 1 or not np.isfinite(numbers).all():
        raise NotSupportedError(
            f"operation {layer.name!r}: {layer.kind} with an array of the shape {shape} is not supported, only with "
            "finite numbers that are the same for all samples"
        )
    rows = numbers.reshape(-1, numbers.shape[-1]).tolist()
    return tuple(Const(row[0]) if len(row) == 1 else Concat(tuple(map(Const, row))) for row in rows)


def _over_axis(use: Use) -> tuple[Signal, ...]:
    """Mean, sum, maximum and minimum over the time steps, or over the features of each step."""
    (signal,) = use.inputs
    combine, equation, word = _OVER_AXIS[use.layer.kind.removeprefix("ops.")]
    rank = 3 if signal.timed else 2
    axes = use.layer.options["axis"]
    over = [axis % rank for axis in (axes if isinstance(axes, list) else [axes]) if axis is not None]
    keep = use.layer.options["keepdims"]
    if over == [1] and signal.timed:
        band = output_band(use.name, keep, f"{equation} over all steps", f"The {word} of each feature over all steps.")
        y = use.build.let(band, combine(signal.steps), 0 if keep else None)
        return (Signal.sequence((y,)) if keep else Signal.vector(y),)
    if over == [rank - 1] and (signal.timed or keep):
        still_timed = signal.timed and keep
        band = output_band(use.name, still_timed, f"{equation} over the features", f"The {word} of the features.")
        values = [combine(_elements(use.build, x)) if word != "sum" else Sum(x) for x in signal.steps]
        if still_timed:
            return (Signal.sequence(tuple(use.build.let(band, value, t) for t, value in enumerate(values))),)
        return (Signal.vector(use.build.let(band, values[0] if len(values) == 1 else Concat(tuple(values)))),)
    raise NotSupportedError(
        f"operation {use.layer.name!r}: {use.layer.kind} over axis {axes!r} is not supported, only over the time steps "
        "or over the features, and of a vector with keepdims=True"
    )


def _elements(build: GraphBuilder, x: Ref) -> list[Expr]:
    return [Slice(x, i, i + 1) for i in range(build.shape(x)[0])]


def _matmul(use: Use) -> tuple[Signal, ...]:
    """The product of two sequences, taken for matrices: each step of the first weighs the steps of the second."""
    a, b = use.inputs
    if not (a.timed and b.timed):
        raise NotSupportedError(f"operation {use.layer.name!r}: matmul is supported only of two sequences")
    band = output_band(use.name, True, "Σₖ x₁[t, k] · x₂[k]", "Each row of the first matrix times the second matrix.")
    rows = [Total(tuple(Slice(u, k, k + 1) * v for k, v in enumerate(b.steps))) for u in a.steps]
    return (Signal.sequence(tuple(use.build.let(band, row, t) for t, row in enumerate(rows))),)


def _rearranged(use: Use) -> tuple[Signal, ...]:
    """Every element of the output is an element of the input: NumPy tells which, by rearranging their numbers."""
    rearrange, meaning = _REARRANGED[use.layer.kind.removeprefix("ops.")]
    every = [element for signal in use.inputs for element in elements(use.build, signal)]
    numbered, first = [], 0
    for signal in use.inputs:
        count = len(elements(use.build, signal))
        shape = (len(signal.steps), count // len(signal.steps)) if signal.timed else (count,)
        one = np.arange(first, first + count).reshape(1, *shape)
        numbered.append(np.concatenate([one, one + len(every)]))  # two samples: an operation must not mix them
        first += count
    try:
        chosen = rearrange(numbered, use.layer.options)
    except (ValueError, IndexError, TypeError) as error:
        raise ModelError(f"operation {use.layer.name!r}: {use.layer.kind} does not fit its input: {error}") from error
    if chosen.ndim < 2 or len(chosen) != 2 or not (chosen[1] - chosen[0] == len(every)).all():
        raise NotSupportedError(
            f"operation {use.layer.name!r}: {use.layer.kind} is not supported where it mixes samples or leaves no axis "
            "beside that of the samples"
        )
    rows = chosen[0]
    if rows.ndim > 2:
        raise NotSupportedError(
            f"operation {use.layer.name!r}: {use.layer.kind} makes the shape {rows.shape}; supported are (features,) "
            "and (timesteps, features)"
        )
    band = output_band(use.name, rows.ndim == 2, "elements of the input", meaning)
    if rows.ndim == 1:
        return (Signal.vector(use.build.let(band, pick(use.build, [every[i] for i in rows]))),)
    steps = [use.build.let(band, pick(use.build, [every[i] for i in row]), t) for t, row in enumerate(rows)]
    return (Signal.sequence(tuple(steps)),)


def _axes(axis: Any) -> Any:
    return tuple(axis) if isinstance(axis, list) else axis


def _unmasked(signal: Signal) -> Signal:
    return Signal(signal.steps, signal.timed)


def equations(use: Use) -> tuple[Signal, ...]:
    """Write down what the model computes between two layers."""
    operation = use.layer.kind.removeprefix("ops.")
    groups: tuple[tuple[Collection[str], Equations], ...] = (
        (_OF_TWO, _of_two), (_OVER_AXIS, _over_axis), (_REARRANGED, _rearranged),
        (("clip",), _clip), (("power",), _power), (("softmax",), _softmax), (("matmul",), _matmul),
    )  # fmt: skip
    return next((written for names, written in groups if operation in names), _of_one)(use)
