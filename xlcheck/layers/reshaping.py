"""Layers that only rearrange: Flatten, Reshape, Permute, RepeatVector, Cropping1D, ZeroPadding1D, UpSampling1D.

Source: `keras.layers`. Every element of the output is an element of the input, or a zero beside them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from xlcheck.errors import ModelError, NotSupportedError
from xlcheck.graph.expressions import Concat, Const, Expr, Ref
from xlcheck.graph.quantities import GraphBuilder
from xlcheck.layers.signals import Element, Signal, elements, only_sequence, output_band, pick
from xlcheck.model.model_spec import LayerSpec


def flatten(
    build: GraphBuilder, name: str, layer: LayerSpec, weights: Mapping[str, Ref], inputs: tuple[Signal, ...]
) -> tuple[Signal, ...]:
    """Flatten: all steps one after the other in one vector."""
    meaning = "All steps one after the other, as one long vector."
    return (_vector(build, name, elements(build, inputs[0]), meaning),)


def reshape(
    build: GraphBuilder, name: str, layer: LayerSpec, weights: Mapping[str, Ref], inputs: tuple[Signal, ...]
) -> tuple[Signal, ...]:
    """Reshape: the same elements in the same order, cut into steps of another length."""
    every = elements(build, inputs[0])
    shape = list(layer.options["target_shape"])
    if -1 in shape:
        shape[shape.index(-1)] = len(every) // -math.prod(shape)
    if math.prod(shape) != len(every):
        wanted = tuple(layer.options["target_shape"])
        raise ModelError(
            f"layer {layer.name!r} makes the shape {wanted} of {len(every)} numbers; give inputs of another length"
        )
    meaning = "The same numbers in the same order, cut into pieces of another length."
    if len(shape) == 1:
        return (_vector(build, name, every, meaning),)
    if len(shape) != 2:
        raise NotSupportedError(
            f"layer {layer.name!r}: Reshape to {tuple(shape)} is not supported, "
            "only to (features,) and (timesteps, features)"
        )
    rows = [every[i : i + shape[1]] for i in range(0, len(every), shape[1])]
    return (_sequence(build, name, rows, meaning),)


def permute(
    build: GraphBuilder, name: str, layer: LayerSpec, weights: Mapping[str, Ref], inputs: tuple[Signal, ...]
) -> tuple[Signal, ...]:
    """Permute: time steps and features change places."""
    (signal,) = inputs
    dims = tuple(layer.options["dims"])
    steps = signal.steps
    if dims == (2, 1):
        size = build.shape(steps[0])[0]
        rows = [[(ref, i) for ref in steps] for i in range(size)]
        return (_sequence(build, name, rows, "Time steps and features have changed places."),)
    every = elements(build, signal)
    if dims == (1, 2):
        size = len(every) // len(steps)
        rows = [every[i : i + size] for i in range(0, len(every), size)]
        return (_sequence(build, name, rows, "The order of the axes stays as it is."),)
    return (_vector(build, name, every, "The order of the axes stays as it is."),)


def repeat_vector(
    build: GraphBuilder, name: str, layer: LayerSpec, weights: Mapping[str, Ref], inputs: tuple[Signal, ...]
) -> tuple[Signal, ...]:
    """RepeatVector: the same vector at every time step."""
    every = elements(build, inputs[0])
    rows = [every] * layer.options["n"]
    return (_sequence(build, name, rows, "The same vector at every time step."),)


def cropping_1d(
    build: GraphBuilder, name: str, layer: LayerSpec, weights: Mapping[str, Ref], inputs: tuple[Signal, ...]
) -> tuple[Signal, ...]:
    """Cropping1D: steps at the beginning and at the end are left out."""
    steps = only_sequence(layer.name, inputs[0])
    first, last = layer.options["cropping"]
    rows = [_elements_of(build, ref) for ref in steps[first : len(steps) - last]]
    return (_sequence(build, name, rows, f"Without the first {first} and the last {last} steps."),)


def zero_padding_1d(
    build: GraphBuilder, name: str, layer: LayerSpec, weights: Mapping[str, Ref], inputs: tuple[Signal, ...]
) -> tuple[Signal, ...]:
    """ZeroPadding1D: steps of zeros before and after."""
    steps = only_sequence(layer.name, inputs[0])
    first, last = layer.options["padding"]
    band = output_band(name, True, "the input between zeros", f"{first} steps of zeros, the input, {last} of zeros.")
    zeros = Concat(tuple([Const(0.0)] * build.shape(steps[0])[0]))
    every: list[Expr] = [*[zeros] * first, *steps, *[zeros] * last]
    return (Signal.sequence(tuple(build.let(band, step, t) for t, step in enumerate(every))),)


def up_sampling_1d(
    build: GraphBuilder, name: str, layer: LayerSpec, weights: Mapping[str, Ref], inputs: tuple[Signal, ...]
) -> tuple[Signal, ...]:
    """UpSampling1D: every step several times."""
    steps = only_sequence(layer.name, inputs[0])
    size = layer.options["size"]
    rows = [_elements_of(build, ref) for ref in steps for _ in range(size)]
    return (_sequence(build, name, rows, f"Every step {size} times."),)


def _elements_of(build: GraphBuilder, ref: Ref) -> list[Element]:
    return elements(build, Signal.vector(ref))


def _vector(build: GraphBuilder, name: str, chosen: Sequence[Element], meaning: str) -> Signal:
    return Signal.vector(build.let(output_band(name, False, "the elements of the input", meaning), pick(build, chosen)))


def _sequence(build: GraphBuilder, name: str, rows: Sequence[Sequence[Element]], meaning: str) -> Signal:
    band = output_band(name, True, "the elements of the input", meaning)
    return Signal.sequence(tuple(build.let(band, pick(build, row), t) for t, row in enumerate(rows)))
