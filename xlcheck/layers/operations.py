"""What a model computes between its layers: `x[:, -1]`, `x + y`, functions of `keras.ops` and `keras.activations`.

Source: `keras.ops`, which follows NumPy. Unlike a layer, an operation knows nothing of masks and hands none on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial, reduce
from typing import Any

import numpy as np

from xlcheck.arrays import Array
from xlcheck.errors import ModelError, NotSupportedError
from xlcheck.graph.evaluate import value_of
from xlcheck.graph.expressions import (
    Abs,
    Concat,
    Const,
    Exp,
    Expr,
    Greater,
    Log,
    Maximum,
    Minimum,
    Mul,
    NotEqual,
    Ref,
    Sign,
    Sqrt,
    Where,
    lift,
    walk,
)
from xlcheck.layers.activation_layers import softmax_over_time
from xlcheck.layers.activations import ACTIVATIONS, gelu
from xlcheck.layers.element_grids import (
    FILL,
    MOST_AXES,
    Grid,
    Shape,
    Side,
    combined_images,
    image_side,
    numbered,
    of_rows,
    shape_of,
    taken,
)
from xlcheck.layers.operations_over_axes import OVER_AXES, over_axes
from xlcheck.layers.products import einsum, matmul
from xlcheck.layers.signals import (
    Element,
    Equations,
    Signal,
    Use,
    each_pixel,
    each_step,
    last_axis,
    output_band,
)
from xlcheck.model.model_spec import LayerSpec, numpy_key


def _step(x: Expr, at_zero: Expr) -> Expr:
    """Keras's `heaviside`: 0 below 0, 1 above, the second number at 0."""
    if not any(isinstance(part, Ref) for part in walk(x)):  # no formula asks how large a constant is
        numbers = value_of(x, {})
        return _vector((numbers > 0).astype(np.float64)) + _vector((numbers == 0).astype(np.float64)) * at_zero
    return Where(Greater(x, lift(0.0)), lift(1.0), Where(Greater(lift(0.0), x), lift(0.0), at_zero))


_OF_ONE: dict[str, tuple[Callable[[Expr], Expr], str, str]] = {
    "absolute": (Abs, "|{x}|", "The input without its sign."),
    "negative": (lambda x: -x, "−{x}", "The input with the other sign."),
    "square": (lambda x: x * x, "{x}²", "The input times itself."),
    "sqrt": (Sqrt, "√{x}", "The square root of the input."),
    "exp": (Exp, "exp({x})", "e to the power of the input."),
    "log": (Log, "ln({x})", "The natural logarithm of the input."),
    "log1p": (lambda x: Log(1 + x), "ln(1 + {x})", "The natural logarithm of one more than the input."),
    "reciprocal": (lambda x: 1 / x, "1 / {x}", "One divided by the input."),
    "rsqrt": (lambda x: 1 / Sqrt(x), "1 / √{x}", "One divided by the square root of the input."),
    "sign": (Sign, "sign({x})", "1 above 0, −1 below it."),
    "logical_not": (lambda x: 1 - x, "1 − {x}", "1 where the input is 0, else 0."),
    # Nothing flows back to truth values, as nothing does to what is compared.
    "cast": (lambda x: NotEqual(x, lift(0.0)), "{x}", "1 where the input is true, else 0."),
}
_OF_SEVERAL: dict[str, tuple[Callable[..., Expr], str, str]] = {
    "add": (lambda a, b: a + b, "{} + {}", "The sum of the two."),
    "subtract": (lambda a, b: a - b, "{} − {}", "The first minus the second."),
    "multiply": (lambda a, b: a * b, "{} · {}", "The product of the two, element by element."),
    "divide": (lambda a, b: a / b, "{} / {}", "The first divided by the second, element by element."),
    "true_divide": (lambda a, b: a / b, "{} / {}", "The first divided by the second, element by element."),
    "maximum": (Maximum, "max({}, {})", "The larger of the two, element by element."),
    "minimum": (Minimum, "min({}, {})", "The smaller of the two, element by element."),
    "heaviside": (_step, "step({}, {})", "1 above 0, 0 below it, at 0 the second number."),
    "greater": (Greater, "[{} > {}]", "1 where the first is larger, else 0."),
    "greater_equal": (lambda a, b: 1 - Greater(b, a), "[{} ≥ {}]", "1 where the first is not smaller, else 0."),
    "less": (lambda a, b: Greater(b, a), "[{} < {}]", "1 where the first is smaller, else 0."),
    "less_equal": (lambda a, b: 1 - Greater(a, b), "[{} ≤ {}]", "1 where the first is not larger, else 0."),
    "equal": (lambda a, b: 1 - NotEqual(a, b), "[{} = {}]", "1 where the two are equal, else 0."),
    "not_equal": (NotEqual, "[{} ≠ {}]", "1 where the two differ, else 0."),
    "logical_and": (Mul, "{} · {}", "1 where both are 1, else 0."),
    "logical_or": (Maximum, "max({}, {})", "1 where one of the two is 1, else 0."),
    "where": (Where, "{1} where {0} ≠ 0, else {2}", "One or the other, as the first input says."),
}
_REARRANGED: dict[str, tuple[Callable[[list[Grid], Mapping[str, Any]], Grid | list[Grid]], str]] = {
    "get_item": (lambda x, options: x[0][numpy_key(options["key"])], "A part of the input."),
    "concatenate": (lambda x, options: np.concatenate(x, options["axis"]), "The inputs, one after the other."),
    "stack": (lambda x, options: np.stack(x, options["axis"]), "The inputs, one below the other."),
    "expand_dims": (lambda x, options: np.expand_dims(x[0], _axes(options["axis"])), "The input with one more axis."),
    "squeeze": (lambda x, options: np.squeeze(x[0], _axes(options["axis"])), "The input without axes of length 1."),
    "roll": (
        lambda x, options: np.roll(x[0], options["shift"], options["axis"]), "The input, its end moved to the front."
    ),
    "repeat": (lambda x, options: np.repeat(x[0], options["repeats"], options["axis"]), "Each part several times."),
    "split": (
        lambda x, options: np.split(x[0], options["indices_or_sections"], options["axis"]), "A part of the input."
    ),
    "take": (
        lambda x, options: np.take(x[0], np.asarray(options["indices"], dtype=int), options["axis"]),
        "Chosen parts of the input.",
    ),
    "pad": (lambda x, options: _padded(x[0], options), "The input, with other numbers around it."),
    "tile": (lambda x, options: np.tile(x[0], options["repeats"]), "The input several times, one after the other."),
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
        if activation.looks_at_all:
            apply = partial(each_pixel, use.build, columns=signal.columns, expression=activation.apply)
    band = output_band(use.name, signal.timed, equation, meaning)
    return (_unmasked(each_step(use.build, band, signal, apply)),)


def _softmax(use: Use) -> tuple[Signal, ...]:
    """Over the features of each step, or over the steps."""
    (signal,) = use.inputs
    axis = use.layer.options["axis"]
    if axis in (-1, last_axis(signal)):
        return _of_one(use)
    if signal.timed and not signal.columns and axis in (1, -2):
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


def _of_several(use: Use) -> tuple[Signal, ...]:
    """Element by element; an axis of length 1 is used again and again, a number everywhere."""
    operation, layer, given = use.layer.kind.removeprefix("ops."), use.layer, list(use.inputs)
    keys = ("condition", "x1", "x2") if operation == "where" else ("x1", "x2")
    combine, equation, meaning = _OF_SEVERAL[operation]
    timed, is_image = given[0].timed, given[0].columns > 0
    if any(signal.timed != timed or bool(signal.columns) != is_image for signal in given):
        raise NotSupportedError(
            f"operation {layer.name!r}: {layer.kind} of tensors with different numbers of axes is not supported; "
            "RepeatVector makes a sequence of a vector, Reshape adds axes"
        )
    constants = [key for key in keys if key in layer.options]
    if len(given) + len(constants) != len(keys):
        raise ModelError(f"operation {layer.name!r}: {layer.kind} needs {len(keys)} tensors or numbers")
    # Keras makes a tensor in single precision of numbers alone.
    single = operation == "where" and len(constants) == len(keys) - 1
    shapes = [shape_of(use.build, signal) for signal in given]
    arrays = {key: _array(layer, key, len(shapes[0]), single=single) for key in constants}
    symbols = iter(("x",) if len(given) == 1 else ("x₁", "x₂", "x₃"))
    words = [_word(arrays[key]) if key in constants else next(symbols) for key in keys]
    words = [word + "ₜ" * (timed and not word[-1].isdecimal()) for word in words]
    band = output_band(use.name, timed, equation.format(*words), meaning)
    signals = iter(given)
    if is_image:
        try:
            shape = tuple(np.broadcast_shapes(*shapes))
        except ValueError as error:
            raise ModelError(f"operation {layer.name!r}: {layer.kind} does not fit its input: {error}") from error
        sides = [
            _constant_side(arrays[k], shape) if k in arrays else image_side(use.build, next(signals)) for k in keys
        ]
        return (of_rows(use.build, band, *combined_images(sides, shapes, combine)),)
    each = [_rows(arrays[key]) if key in arrays else next(signals).steps for key in keys]
    steps = []
    for t in range(max(map(len, each))):
        value = combine(*(rows[t if len(rows) > 1 else 0] for rows in each))
        steps.append(use.build.let(band, value, t if timed else None))
    return (Signal(tuple(steps), timed),)


def _word(constant: Array) -> str:
    return "constant" if constant.size > 1 else f"{constant.item():g}"


def _array(layer: LayerSpec, key: str, axes: int, *, single: bool) -> Array:
    """A constant, such as an encoding of positions, with as many axes as a sample has."""
    numbers = np.asarray(layer.options[key], dtype=np.float32 if single else np.float64).astype(np.float64)
    own = numbers.shape
    numbers = numbers.reshape((1,) * (axes + 1 - numbers.ndim) + own)
    if numbers.ndim != axes + 1 or numbers.shape[0] != 1 or not np.isfinite(numbers).all():
        raise NotSupportedError(
            f"operation {layer.name!r}: {layer.kind} with an array of the shape {own} is not supported, only with "
            "finite numbers that are the same for all samples"
        )
    return np.asarray(numbers[0])


def _rows(numbers: Array) -> tuple[Expr, ...]:
    """A constant: a vector for each step or for all, or a number."""
    return tuple(_vector(row) for row in numbers.reshape(-1, numbers.shape[-1]))


def _vector(numbers: Array) -> Expr:
    return Const(numbers.item()) if numbers.size == 1 else Concat(tuple(map(Const, numbers.tolist())))


def _constant_side(numbers: Array, shape: Shape) -> Side:
    """A constant beside images of this shape."""

    def at(row: int, column: int | None) -> Expr:
        if numbers.size == 1:
            return Const(numbers.item())
        whole = np.broadcast_to(numbers, shape)[row]
        return _vector(whole.reshape(-1) if column is None else whole[column])

    return at


def _rearranged(use: Use) -> tuple[Signal, ...]:
    """Every element of the output is an element of the input: NumPy tells which, by rearranging their numbers."""
    rearrange, meaning = _REARRANGED[use.layer.kind.removeprefix("ops.")]
    every, grids = numbered(use.build, use.inputs)
    both = [np.stack([grid, grid + len(every)]) for grid in grids]  # two samples: an operation must not mix them
    try:
        made = rearrange(both, use.layer.options)
    except (ValueError, IndexError, TypeError) as error:
        raise ModelError(f"operation {use.layer.name!r}: {use.layer.kind} does not fit its input: {error}") from error
    parts = made if isinstance(made, list) else [made]
    return tuple(_taken(use, every, chosen, f"y_{k}" if k > 1 else "y", meaning) for k, chosen in enumerate(parts, 1))


def _taken(use: Use, every: Sequence[Element], chosen: Grid, symbol: str, meaning: str) -> Signal:
    """A tensor of these elements of two samples, by their numbers; FILL is where a constant stands."""
    if chosen.ndim < 2 or len(chosen) != 2 or (chosen[1] - chosen[0] != len(every) * (chosen[0] != FILL)).any():
        raise NotSupportedError(
            f"operation {use.layer.name!r}: {use.layer.kind} is not supported where it mixes samples or leaves no axis "
            "beside that of the samples"
        )
    grid = chosen[0]
    if grid.ndim > MOST_AXES:
        raise NotSupportedError(
            f"operation {use.layer.name!r}: {use.layer.kind} makes the shape {grid.shape}; supported are (features,), "
            "(timesteps, features) and (rows, columns, channels)"
        )
    band = output_band(use.name, grid.ndim > 1, "elements of the input", meaning)
    label = symbol.replace("_", "").translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
    band = replace(band, symbol=symbol, label=band.label.replace("y", label))
    return taken(use.build, band, every, grid, float(use.layer.options.get("constant_values", 0)))


def _padded(x: Grid, options: Mapping[str, Any]) -> Grid:
    """The numbers of elements with those of others around them, or, as constants, FILL."""
    mode = options["mode"]
    return np.pad(x, options["pad_width"], mode, **({"constant_values": FILL} if mode == "constant" else {}))


def _axes(axis: Any) -> Any:
    return tuple(axis) if isinstance(axis, list) else axis


def _unmasked(signal: Signal) -> Signal:
    return replace(signal, mask=None)


def equations(use: Use) -> tuple[Signal, ...]:
    """Write down what the model computes between two layers."""
    operation = use.layer.kind.removeprefix("ops.")
    groups: tuple[tuple[Collection[str], Equations], ...] = (
        (_OF_SEVERAL, _of_several), (OVER_AXES, over_axes), (_REARRANGED, _rearranged),
        (("clip",), _clip), (("power",), _power), (("softmax",), _softmax), (("matmul",), matmul),
        (("einsum",), einsum),
    )  # fmt: skip
    return next((written for names, written in groups if operation in names), _of_one)(use)
