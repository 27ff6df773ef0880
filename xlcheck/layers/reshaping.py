"""Layers that only rearrange: Flatten, Reshape, Permute, RepeatVector, cropping, zero padding and upsampling.

Source: `keras.layers`. Every element of the output is an element of the input, or a zero beside them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from xlcheck.errors import ModelError, NotSupportedError
from xlcheck.layers.element_grids import FILL, MOST_AXES, Grid, numbered, taken
from xlcheck.layers.signals import Signal, Use, only_sequence, output_band


def flatten(use: Use) -> tuple[Signal, ...]:
    """Flatten: all steps or pixels one after the other in one vector."""
    what = "pixels, row by row," if use.inputs[0].columns else "steps one after the other,"
    return _rearranged(use, np.ravel, f"All {what} as one long vector.")


def reshape(use: Use) -> tuple[Signal, ...]:
    """Reshape: the same elements in the same order, cut into steps of another length."""
    wanted = tuple(use.layer.options["target_shape"])

    def cut(x: Grid) -> Grid:
        missing = x.size // -math.prod(wanted) if -1 in wanted else 1
        shape = [missing if size == -1 else size for size in wanted]
        if math.prod(shape) != x.size:
            raise ModelError(
                f"layer {use.layer.name!r} makes the shape {wanted} of {x.size} numbers; give inputs of another length"
            )
        if len(shape) > MOST_AXES:
            raise NotSupportedError(
                f"layer {use.layer.name!r}: Reshape to {tuple(shape)} is not supported, "
                "only to (features,), (timesteps, features) and (rows, columns, channels)"
            )
        return x.reshape(shape)

    return _rearranged(use, cut, "The same numbers in the same order, cut into pieces of another length.")


def permute(use: Use) -> tuple[Signal, ...]:
    """Permute: the axes change places."""
    dims = use.layer.options["dims"]
    what = "The order of the axes stays as it is."
    if dims != sorted(dims):
        what = "The axes have changed places." if len(dims) > 2 else "Time steps and features have changed places."
    return _rearranged(use, lambda x: x.transpose([axis - 1 for axis in dims]), what)


def repeat_vector(use: Use) -> tuple[Signal, ...]:
    """RepeatVector: the same vector at every time step."""
    return _rearranged(use, lambda x: np.tile(x, (use.layer.options["n"], 1)), "The same vector at every time step.")


def cropping(use: Use) -> tuple[Signal, ...]:
    """Cropping1D and Cropping2D: steps, or rows and columns, at the borders are left out."""
    borders = _of_axes(use, "cropping")
    parts = [
        f"the first {before} and the last {behind} {what}"
        for (before, behind), what in zip(borders, ("rows", "columns") if len(borders) > 1 else ("steps",), strict=True)
    ]

    def inner(x: Grid) -> Grid:
        return x[tuple(slice(a, max(size - b, 0)) for (a, b), size in zip(borders, x.shape, strict=False))]

    return _rearranged(use, inner, f"Without {', '.join(parts)}.")


def zero_padding(use: Use) -> tuple[Signal, ...]:
    """ZeroPadding1D and ZeroPadding2D: steps of zeros before and after, or a border of zeros around an image."""
    (first, last), *sides = borders = _of_axes(use, "padding")
    what = f"{first} steps of zeros, the input, {last} of zeros."
    for left, right in sides:
        what = (
            f"The input in a border of zeros: {first} rows above, {last} below, {left} columns before, {right} behind."
        )

    def padded(x: Grid) -> Grid:
        return np.pad(x, [*borders, (0, 0)], constant_values=FILL)

    return _rearranged(use, padded, what, "the input between zeros")


def up_sampling(use: Use) -> tuple[Signal, ...]:
    """UpSampling1D and UpSampling2D: every step, or every row and every pixel in it, several times."""
    down, *across = _of_axes(use, "size")
    what = f"Every step {down} times."
    for times in across:
        what = f"Every row {down} times, and every pixel in it {times} times."
    return _rearranged(use, lambda x: reduce(lambda y, k: y.repeat(k, 1), across, x.repeat(down, 0)), what)


def _of_axes(use: Use, option: str) -> list[Any]:
    """What is said of the steps of a sequence, or of the rows and of the columns of an image."""
    only_sequence(use.layer.name, use.inputs[0])
    value = use.layer.options[option]
    return list(value) if use.inputs[0].columns else [value]


def _rearranged(
    use: Use, rearrange: Callable[[Grid], Grid], meaning: str, equation: str = "the elements of the input"
) -> tuple[Signal, ...]:
    """What is made of the input by rearranging the numbers of its elements."""
    every, (grid,) = numbered(use.build, use.inputs)
    made = rearrange(grid)
    return (taken(use.build, output_band(use.name, made.ndim > 1, equation, meaning), every, made),)
