"""Masking: a time step whose features all equal `mask_value` is skipped by the layers after it.

Source: `keras.layers.Masking`.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import Abs, Const, Greater, NotEqual, Ref, Sign, Sum, Where
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.activations import single
from xlcheck.layers.signals import Signal, only_sequence
from xlcheck.model.model_spec import LayerSpec


def equations(
    build: GraphBuilder, name: str, layer: LayerSpec, weights: Mapping[str, Ref], inputs: tuple[Signal, ...]
) -> tuple[Signal, ...]:
    """Find the steps to skip, and set them to 0."""
    value = layer.options["mask_value"]
    if single(value) != value:
        raise NotSupportedError(
            f"layer {layer.name!r}: Keras rounds mask_value={value!r} to single precision, so that in double precision "
            "no input equals it; use a whole number"
        )
    mask_band = Band(
        name, "mask", Role.INTERMEDIATE, "maskₜ", f"1 if a feature of xₜ ≠ {value:g}, else 0",
        "Whether this step is read: a step of filling values is skipped.",
    )  # fmt: skip
    y_band = Band(name, "y", Role.OUTPUT, "yₜ", "xₜ if maskₜ, else 0", "The input, with skipped steps set to zero.")
    # A comparison with 0 is false in some engines for numbers below 2.2e-16, which Keras does not skip.
    differs = (lambda x: Abs(Sign(x))) if value == 0 else (lambda x: NotEqual(x, Const(value)))
    mask, outputs = [], []
    for t, x in enumerate(only_sequence(layer.name, inputs[0])):
        mask.append(build.let(mask_band, Greater(Sum(differs(x)), Const(0.0)), t))
        outputs.append(build.let(y_band, Where(mask[-1], x, Const(0.0)), t))
    return (Signal.sequence(tuple(outputs), tuple(mask)),)
