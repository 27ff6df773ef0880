"""Layers that merge several inputs: Concatenate, Add, Subtract, Multiply, Average, Maximum, Minimum.

Source: `keras.layers`. Under masks Keras reads a merged step if one of the inputs reads it, sets a
skipped product to 0, and lets a skipped maximum or minimum be the first input.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce

import numpy as np

from xlcheck.errors import NotSupportedError
from xlcheck.frozen import dataclass
from xlcheck.graph.expressions import Const, Expr, Maximum, Minimum, Ref, Where
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.element_grids import combined_images, image_side, numbered, of_rows, shape_of, taken
from xlcheck.layers.signals import Signal, Use, last_axis, output_band, without_mask


@dataclass(frozen=True)
class _Merge:
    """How inputs become one: pair by pair; what stands between them; and what the result is called."""

    pair: Callable[[Expr, Expr], Expr]
    sign: str
    meaning: str


MERGES = {
    "Add": _Merge(lambda a, b: a + b, " + ", "The sum of the inputs."),
    "Subtract": _Merge(lambda a, b: a - b, " − ", "The first input minus the second."),
    "Multiply": _Merge(lambda a, b: a * b, " · ", "The product of the inputs, element by element."),
    "Average": _Merge(lambda a, b: a + b, " + ", "The average of the inputs."),
    "Maximum": _Merge(Maximum, ", ", "The largest of the inputs, element by element."),
    "Minimum": _Merge(Minimum, ", ", "The smallest of the inputs, element by element."),
}

_CHANGED_BY_MASKS = ("Multiply", "Maximum", "Minimum")


def equations(use: Use) -> tuple[Signal, ...]:
    """Merge element by element; a vector or a single step is used at every step of the others."""
    merge = MERGES[use.layer.kind]
    if use.layer.kind in _CHANGED_BY_MASKS and len({signal.mask for signal in use.inputs}) > 1:
        without_mask(use.layer.name, use.inputs, f"{use.layer.kind} of inputs with different masks")
    timed = any(signal.timed for signal in use.inputs)
    steps = max(len(signal.steps) for signal in use.inputs)
    mask = _read_by_any(use.build, use.name, use.inputs)
    terms = merge.sign.join(f"x{'₁₂₃₄₅₆₇₈₉'[i]}" if i < 9 else f"x({i + 1})" for i in range(len(use.inputs)))
    equation = {"Average": f"({terms}) / {len(use.inputs)}", "Maximum": f"max({terms})", "Minimum": f"min({terms})"}
    band = Band(use.name, "y", Role.OUTPUT, "yₜ" if timed else "y", equation.get(use.layer.kind, terms), merge.meaning)
    if use.inputs[0].columns:
        sides = [image_side(use.build, signal) for signal in use.inputs]
        shapes = [shape_of(use.build, signal) for signal in use.inputs]
        return (of_rows(use.build, band, *combined_images(sides, shapes, lambda *parts: _merged(use, parts))),)
    outputs = []
    for t in range(steps):
        operands: list[Expr] = [signal.steps[t if len(signal.steps) > 1 else 0] for signal in use.inputs]
        value = _merged(use, operands)
        if mask is not None and use.layer.kind in _CHANGED_BY_MASKS:
            value = Where(mask[t], value, Const(0.0) if use.layer.kind == "Multiply" else operands[0])
        outputs.append(use.build.let(band, value, t if timed else None))
    return (Signal(tuple(outputs), timed, mask),)


def _merged(use: Use, operands: Sequence[Expr]) -> Expr:
    value = reduce(MERGES[use.layer.kind].pair, operands)
    return value / len(operands) if use.layer.kind == "Average" else value


def concatenate(use: Use) -> tuple[Signal, ...]:
    """Concatenate: features or channels side by side, or the steps, rows or columns of one input after the other's."""
    (first, *_), last = use.inputs, last_axis(use.inputs[0])
    axis = use.layer.options["axis"] % (last + 1)
    if not axis:
        raise NotSupportedError(f"layer {use.layer.name!r}: Concatenate along the axis of the samples is not supported")
    if axis < last:
        without_mask(use.layer.name, use.inputs, "Concatenate along time")
        what = "columns" if axis > 1 else "rows" if first.columns else "steps"
        equation, meaning = "one input after the other", f"The {what} of all inputs, one after the other."
    elif first.columns:
        equation, meaning = "all channels side by side", "The channels of all inputs, pixel by pixel."
    else:
        equation, meaning = "all inputs side by side", "The features of all inputs, side by side."
    every, grids = numbered(use.build, use.inputs)
    band = output_band(use.name, first.timed, equation, meaning)
    made = taken(use.build, band, every, np.concatenate(grids, axis - 1))
    return (replace(made, mask=_read_by_any(use.build, use.name, use.inputs) if axis == last else None),)


def _read_by_any(build: GraphBuilder, name: str, inputs: tuple[Signal, ...]) -> tuple[Ref, ...] | None:
    """The mask of the merged signal; none if one of the inputs has none and so reads every step."""
    masks = [mask for mask in dict.fromkeys(signal.mask for signal in inputs) if mask is not None]
    if not masks or any(signal.mask is None for signal in inputs):
        return None
    if len(masks) == 1:
        return masks[0]
    band = Band(
        name, "mask", Role.INTERMEDIATE, "maskₜ", "1 if an input's maskₜ is 1",
        "Whether this step is read: it is if one of the inputs reads it.",
    )  # fmt: skip
    return tuple(build.let(band, reduce(Maximum, steps), t) for t, steps in enumerate(zip(*masks, strict=True)))
