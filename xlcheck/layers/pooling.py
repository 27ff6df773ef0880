"""Pooling over time: MaxPooling1D, AveragePooling1D, GlobalMaxPooling1D, GlobalAveragePooling1D.

Source: `keras.layers`; an average at the border is taken over the steps that exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlcheck.graph.expressions import Expr, FirstLargest, Largest, Ref, Total
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.signals import Signal, only_sequence, output_band
from xlcheck.layers.windows import windows
from xlcheck.model.model_spec import LayerSpec


def equations(
    build: GraphBuilder, name: str, layer: LayerSpec, weights: Mapping[str, Ref], inputs: tuple[Signal, ...]
) -> tuple[Signal, ...]:
    """MaxPooling1D and AveragePooling1D: one output step for each window."""
    (size,), (stride,) = layer.options["pool_size"], layer.options["strides"]
    steps = only_sequence(layer.name, inputs[0])
    largest = layer.kind == "MaxPooling1D"
    what = "largest value" if largest else "average"
    band = output_band(
        name, True, f"{'max' if largest else 'average'} over a window of {size}",
        f"The {what} of each feature in a window of {size} steps.",
    )  # fmt: skip
    outputs = []
    for t, window in enumerate(windows(len(steps), size, stride, layer.options["padding"])):
        items = tuple(steps[source] for _, source in window)
        outputs.append(build.let(band, FirstLargest(items) if largest else _average(items), t))
    return (Signal.sequence(tuple(outputs)),)


def global_equations(
    build: GraphBuilder, name: str, layer: LayerSpec, weights: Mapping[str, Ref], inputs: tuple[Signal, ...]
) -> tuple[Signal, ...]:
    """GlobalMaxPooling1D and GlobalAveragePooling1D: one vector for the whole sequence."""
    steps = only_sequence(layer.name, inputs[0])
    mask = inputs[0].mask
    keep = layer.options["keepdims"]
    if layer.kind == "GlobalMaxPooling1D":
        equation, meaning = "the largest xₜ", "The largest value of each feature over all steps."
        value = _largest(steps)
    elif mask is None:
        equation, meaning = "the average of all xₜ", "The average of each feature over all steps."
        value = _average(steps)
    else:
        equation, meaning = "Σ xₜ · maskₜ / Σ maskₜ", "The average of each feature over the steps that are read."
        value = Total(tuple(x * m for x, m in zip(steps, mask, strict=True))) / Total(mask)
    y = build.let(Band(name, "y", Role.OUTPUT, "y", equation, meaning), value, 0 if keep else None)
    return (Signal.sequence((y,)) if keep else Signal.vector(y),)


def _largest(items: Sequence[Ref]) -> Expr:
    return Largest(tuple(items))


def _average(items: Sequence[Ref]) -> Expr:
    return Total(tuple(items)) / len(items)
