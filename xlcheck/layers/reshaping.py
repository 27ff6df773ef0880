"""Layers that only rearrange: Flatten, Reshape, Permute, RepeatVector, cropping, zero padding and upsampling.

Source: `keras.layers`. Every element of the output is an element of the input, or a zero beside them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from xlcheck.errors import ModelError, NotSupportedError
from xlcheck.graph.expressions import Concat, Const, Expr
from xlcheck.graph.quantities import GraphBuilder
from xlcheck.layers.signals import (
    Element,
    Signal,
    Use,
    channels,
    elements,
    of_image,
    only_sequence,
    output_band,
    pick,
    side_by_side,
)


def flatten(use: Use) -> tuple[Signal, ...]:
    """Flatten: all steps or pixels one after the other in one vector."""
    (signal,) = use.inputs
    what = "pixels, row by row," if signal.columns else "steps one after the other,"
    meaning = f"All {what} as one long vector."
    return (_vector(use.build, use.name, elements(use.build, signal), meaning),)


def reshape(use: Use) -> tuple[Signal, ...]:
    """Reshape: the same elements in the same order, cut into steps of another length."""
    every = elements(use.build, use.inputs[0])
    shape = list(use.layer.options["target_shape"])
    if -1 in shape:
        shape[shape.index(-1)] = len(every) // -math.prod(shape)
    if math.prod(shape) != len(every):
        wanted = tuple(use.layer.options["target_shape"])
        raise ModelError(
            f"layer {use.layer.name!r} makes the shape {wanted} of {len(every)} numbers; give inputs of another length"
        )
    meaning = "The same numbers in the same order, cut into pieces of another length."
    if len(shape) == 1:
        return (_vector(use.build, use.name, every, meaning),)
    if len(shape) > 3:
        raise NotSupportedError(
            f"layer {use.layer.name!r}: Reshape to {tuple(shape)} is not supported, "
            "only to (features,), (timesteps, features) and (rows, columns, channels)"
        )
    length = math.prod(shape[1:])
    rows = [every[i : i + length] for i in range(0, len(every), length)]
    return (_sequence(use.build, use.name, rows, meaning, shape[1] if len(shape) == 3 else 0),)


def permute(use: Use) -> tuple[Signal, ...]:
    """Permute: time steps and features change places."""
    (signal,) = use.inputs
    dims = tuple(use.layer.options["dims"])
    steps = signal.steps
    if dims == (2, 1):
        size = use.build.shape(steps[0])[0]
        rows = [[(ref, i) for ref in steps] for i in range(size)]
        return (_sequence(use.build, use.name, rows, "Time steps and features have changed places."),)
    every = elements(use.build, signal)
    if dims == (1, 2):
        size = len(every) // len(steps)
        rows = [every[i : i + size] for i in range(0, len(every), size)]
        return (_sequence(use.build, use.name, rows, "The order of the axes stays as it is."),)
    return (_vector(use.build, use.name, every, "The order of the axes stays as it is."),)


def repeat_vector(use: Use) -> tuple[Signal, ...]:
    """RepeatVector: the same vector at every time step."""
    every = elements(use.build, use.inputs[0])
    rows = [every] * use.layer.options["n"]
    return (_sequence(use.build, use.name, rows, "The same vector at every time step."),)


def cropping(use: Use) -> tuple[Signal, ...]:
    """Cropping1D and Cropping2D: steps, or rows and columns, at the borders are left out."""
    (signal,) = use.inputs
    steps = only_sequence(use.layer.name, signal)
    (first, last), (left, right) = _borders(use.layer.options["cropping"], signal)
    columns = _columns(signal)[left : len(_columns(signal)) - right]
    rows = [_pixels(use.build, signal, row, columns) for row in range(first, len(steps) - last)]
    if not columns:
        rows = []
    meaning = f"Without the first {first} and the last {last} {'rows' if signal.columns else 'steps'}" + (
        f", the first {left} and the last {right} columns." if signal.columns else "."
    )
    return (_sequence(use.build, use.name, rows, meaning, len(columns) if signal.columns else 0),)


def zero_padding(use: Use) -> tuple[Signal, ...]:
    """ZeroPadding1D and ZeroPadding2D: steps of zeros before and after, or a border of zeros around an image."""
    (signal,) = use.inputs
    steps = only_sequence(use.layer.name, signal)
    (first, last), (left, right) = _borders(use.layer.options["padding"], signal)
    size = channels(use.build, signal)
    columns = left + signal.columns + right if signal.columns else 0
    what = (
        f"The input in a border of zeros: {first} rows above, {last} below, {left} columns before, {right} behind."
        if signal.columns
        else f"{first} steps of zeros, the input, {last} of zeros."
    )
    band = of_image(output_band(use.name, True, "the input between zeros", what), columns)

    def zeros(pixels: int) -> list[Expr]:
        return [Concat((Const(0.0),) * (pixels * size))] if pixels else []

    border = zeros(columns or 1)
    inner: list[Expr] = [side_by_side([*zeros(left), step, *zeros(right)]) for step in steps]
    every = [*border * first, *inner, *border * last]
    return (Signal(tuple(use.build.let(band, step, t) for t, step in enumerate(every)), timed=True, columns=columns),)


def up_sampling(use: Use) -> tuple[Signal, ...]:
    """UpSampling1D and UpSampling2D: every step, or every row and every pixel in it, several times."""
    (signal,) = use.inputs
    steps = only_sequence(use.layer.name, signal)
    size = use.layer.options["size"]
    down, across = size if signal.columns else (size, 1)
    columns = [column for column in _columns(signal) for _ in range(across)]
    rows = [_pixels(use.build, signal, row, columns) for row in range(len(steps)) for _ in range(down)]
    of_images = f"Every row {down} times, and every pixel in it {across} times."
    what = of_images if signal.columns else f"Every step {size} times."
    return (_sequence(use.build, use.name, rows, what, len(columns) if signal.columns else 0),)


def _borders(option: Any, signal: Signal) -> tuple[tuple[int, int], tuple[int, int]]:
    """How much stands before and behind the steps or rows, and before and behind the columns."""
    if not signal.columns:
        first, last = option
        return (first, last), (0, 0)
    (first, last), (left, right) = option
    return (first, last), (left, right)


def _columns(signal: Signal) -> range:
    return range(signal.columns or 1)


def _pixels(build: GraphBuilder, signal: Signal, row: int, columns: Sequence[int]) -> list[Element]:
    size = channels(build, signal)
    return [(signal.steps[row], column * size + i) for column in columns for i in range(size)]


def _vector(build: GraphBuilder, name: str, chosen: Sequence[Element], meaning: str) -> Signal:
    return Signal.vector(build.let(output_band(name, False, "the elements of the input", meaning), pick(build, chosen)))


def _sequence(
    build: GraphBuilder, name: str, rows: Sequence[Sequence[Element]], meaning: str, columns: int = 0
) -> Signal:
    band = of_image(output_band(name, True, "the elements of the input", meaning), columns)
    return Signal(
        tuple(build.let(band, pick(build, row), t) for t, row in enumerate(rows)), timed=True, columns=columns
    )
