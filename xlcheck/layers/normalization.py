"""LayerNormalization, BatchNormalization, GroupNormalization, RMSNormalization and UnitNormalization as trained.

Source: `keras.layers`: (x − mean) / √(variance + ε) · gamma + beta. A LayerNormalization takes mean and
variance over the features of the one vector, a GroupNormalization over all time steps of a group of features
(Wu and He, "Group normalization", 2018); a BatchNormalization has learnt them for each feature. The other two only
divide the vector, by the root of its mean square and by its length.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import Const, Expr, Maximum, Slice, Sqrt, Sum, Total
from xlcheck.graph.quantities import Band, Role
from xlcheck.layers.signals import (
    Signal,
    Use,
    channels,
    each_pixel,
    each_step,
    last_axis,
    of_image,
    output_band,
    pixel,
    side_by_side,
)  # fmt: skip
from xlcheck.model.model_spec import LayerSpec

_SHORTEST = 1e-12
"""Nothing is divided by a length that is smaller."""


def layer_normalization(use: Use) -> tuple[Signal, ...]:
    """Mean, variance and the normalised vector of each step."""
    (signal,) = use.inputs
    _only_features(use.layer, signal)
    t_, each = "ₜ" if signal.timed else "", "channels" if signal.columns else "features"
    mean_band = Band(
        use.name, "mean", Role.INTERMEDIATE, f"mean{t_}", f"the average of x{t_}", f"The average over the {each}."
    )
    variance_band = Band(
        use.name, "variance", Role.INTERMEDIATE, f"variance{t_}", f"the average of (x{t_} − mean{t_})²",
        f"How far the {each} are from their average: the mean of the squared distances.",
    )  # fmt: skip
    band = output_band(
        use.name,
        signal.timed,
        _equation(use.layer, "mean", "variance"),
        "The input with average 0 and spread 1, then rescaled.",
    )

    columns, epsilon = signal.columns, use.layer.options["epsilon"]
    mean_band, variance_band, band = (of_image(own, columns) for own in (mean_band, variance_band, band))
    count = channels(use.build, signal)
    outputs = []
    for t in range(len(signal.steps)):
        step = t if signal.timed else None
        pixels = [pixel(use.build, signal, t, column) for column in range(columns or 1)]
        mean = use.build.let(mean_band, side_by_side([Sum(one) / count for one in pixels]), step)
        means = [Slice(mean, i, i + 1) if columns > 1 else mean for i in range(len(pixels))]
        squares = [Sum((one - m) * (one - m)) / count for one, m in zip(pixels, means, strict=True)]
        variance = use.build.let(variance_band, side_by_side(squares), step)
        variances = [Slice(variance, i, i + 1) if columns > 1 else variance for i in range(len(pixels))]
        normalised = [
            _scaled(use.weights, (one - m) / Sqrt(v + epsilon))
            for one, m, v in zip(pixels, means, variances, strict=True)
        ]
        outputs.append(use.build.let(band, side_by_side(normalised), step))
    return (replace(signal, steps=tuple(outputs)),)


def batch_normalization(use: Use) -> tuple[Signal, ...]:
    """The vector of each step, normalised by the averages that training has left, of each feature or of each step."""
    (signal,) = use.inputs
    by_step = signal.timed and use.layer.options["axis"] in (1, -last_axis(signal))
    if not by_step:
        _only_features(use.layer, signal, "the features (axis=-1) or, of a sequence or an image, axis=1")
    each = ("[row]" if signal.columns else "[t]") if by_step else ""
    band = output_band(
        use.name, signal.timed, _equation(use.layer, f"moving_mean{each}", f"moving_variance{each}", each),
        "The input, normalised by what the training data were like, then rescaled.",
    )  # fmt: skip
    epsilon = use.layer.options["epsilon"]

    def normalised(x: Expr, weights: Mapping[str, Expr]) -> Expr:
        return _scaled(weights, (x - weights["moving_mean"]) / Sqrt(weights["moving_variance"] + epsilon))

    outputs = []
    for t, x in enumerate(signal.steps):
        if by_step:
            own = {name: Slice(weight, t, t + 1) for name, weight in use.weights.items()}
            value = normalised(x, own)
        else:
            value = each_pixel(use.build, x, signal.columns, partial(normalised, weights=use.weights))
        outputs.append(use.build.let(of_image(band, signal.columns), value, t if signal.timed else None))
    return (replace(signal, steps=tuple(outputs)),)


def group_normalization(use: Use) -> tuple[Signal, ...]:
    """Mean and variance of each group of features or channels over all steps or pixels; each normalised by those."""
    (signal,) = use.inputs
    _only_features(use.layer, signal)
    groups, columns = use.layer.options["groups"], signal.columns
    over = " over all pixels" if columns else " over all steps" if signal.timed else ""
    parts = "channels" if columns else "features"
    mean_band = Band(
        use.name, "mean", Role.INTERMEDIATE, "mean", f"the average of x{over}, of each group of {parts}",
        f"The average of each of {groups} groups of {parts}{over}.",
    )  # fmt: skip
    variance_band = Band(
        use.name, "variance", Role.INTERMEDIATE, "variance",
        f"the average of (x − mean)²{over}, of each group of {parts}",
        f"How far a group's {parts} are from their average: the mean of the squared distances.",
    )  # fmt: skip
    band = output_band(
        use.name, signal.timed, _equation(use.layer, "mean", "variance"),
        "The input with average 0 and spread 1 in each group, then rescaled.",
    )  # fmt: skip
    size = channels(use.build, signal) // groups
    pixels = [(t, column) for t in range(len(signal.steps)) for column in range(columns or 1)]
    count = size * len(pixels)
    own = [[pixel(use.build, signal, *at, k * size, (k + 1) * size) for at in pixels] for k in range(groups)]

    mean = use.build.let(mean_band, side_by_side([_together(group) / count for group in own]))
    means = [Slice(mean, k, k + 1) for k in range(groups)]
    squares = [[(x - m) * (x - m) for x in group] for group, m in zip(own, means, strict=True)]
    variance = use.build.let(variance_band, side_by_side([_together(group) / count for group in squares]))
    spreads = [Sqrt(Slice(variance, k, k + 1) + use.layer.options["epsilon"]) for k in range(groups)]

    trained = [
        {key: Slice(weight, k * size, (k + 1) * size) for key, weight in use.weights.items()} for k in range(groups)
    ]
    rows: list[list[Expr]] = [[] for _ in signal.steps]
    for (t, _), groups_of in zip(pixels, zip(*own, strict=True), strict=True):
        normalised = [(x - m) / s for x, m, s in zip(groups_of, means, spreads, strict=True)]
        rows[t] += [_scaled(part, value) for part, value in zip(trained, normalised, strict=True)]
    band = of_image(band, columns)
    outputs = [use.build.let(band, side_by_side(row), t if signal.timed else None) for t, row in enumerate(rows)]
    return (replace(signal, steps=tuple(outputs)),)


def _together(parts: Sequence[Expr]) -> Expr:
    """The sum of all elements of all parts."""
    sums = [Sum(part) for part in parts]
    return sums[0] if len(sums) == 1 else Total(tuple(sums))


def rms_normalization(use: Use) -> tuple[Signal, ...]:
    """Each vector, divided by the root of the mean of its squares, then rescaled."""
    (signal,) = use.inputs
    _only_features(use.layer, signal)
    epsilon = use.layer.options["epsilon"]
    band = output_band(
        use.name, signal.timed, f"{{x}} / √(the average of {{x}}² + {epsilon:g}) · scale",
        "The input, with an average square of 1, then rescaled.",
    )  # fmt: skip

    def normalised(x: Expr) -> Expr:
        return x / Sqrt(Sum(x * x) / channels(use.build, signal) + epsilon) * use.weights["scale"]

    steps = each_step(use.build, band, signal, lambda x: each_pixel(use.build, x, signal.columns, normalised))
    return (replace(steps, mask=None),)  # Keras hands no mask on here


def unit_normalization(use: Use) -> tuple[Signal, ...]:
    """Each vector, divided by its length."""
    (signal,) = use.inputs
    _only_features(use.layer, signal)
    band = output_band(use.name, signal.timed, "{x} / ‖{x}‖", "The input with a length of 1; a vector of zeros stays.")

    def of_length_one(x: Expr) -> Expr:
        return x / Maximum(Sqrt(Sum(x * x)), Const(_SHORTEST))

    return (each_step(use.build, band, signal, lambda x: each_pixel(use.build, x, signal.columns, of_length_one)),)


def _only_features(layer: LayerSpec, signal: Signal, supported: str = "the features (axis=-1)") -> None:
    axis = layer.options["axis"]
    axes = [axis] if isinstance(axis, int) else list(axis)
    if axes not in ([-1], [last_axis(signal)]):
        raise NotSupportedError(
            f"layer {layer.name!r}: {layer.kind} over axis {axis} is not supported, only over {supported}"
        )


def _equation(layer: LayerSpec, mean: str, variance: str, each: str = "") -> str:
    equation = f"({{x}} − {mean}) / √({variance} + {layer.options['epsilon']:g})"
    if layer.options["scale"]:
        equation += f" · gamma{each}"
    return equation + f" + beta{each}" if layer.options["center"] else equation


def _scaled(weights: Mapping[str, Expr], value: Expr) -> Expr:
    if "gamma" in weights:
        value = value * weights["gamma"]
    return value + weights["beta"] if "beta" in weights else value
