"""Masking: a time step whose features all equal `mask_value` is skipped by the layers after it.

Source: `keras.layers.Masking`.
"""

from __future__ import annotations

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import Abs, Const, Greater, NotEqual, Sign, Sum, Where
from xlcheck.graph.quantities import Band, Role
from xlcheck.layers.activations import single
from xlcheck.layers.signals import Signal, Use, only_sequence


def equations(use: Use) -> tuple[Signal, ...]:
    """Find the steps to skip, and set them to 0."""
    value = use.layer.options["mask_value"]
    if single(value) != value:
        raise NotSupportedError(
            f"layer {use.layer.name!r}: Keras rounds mask_value={value!r} to single precision, so that in double "
            "precision no input equals it; use a whole number"
        )
    mask_band = Band(
        use.name, "mask", Role.INTERMEDIATE, "maskₜ", f"1 if a feature of xₜ ≠ {value:g}, else 0",
        "Whether this step is read: a step of filling values is skipped.",
    )  # fmt: skip
    y_band = Band(use.name, "y", Role.OUTPUT, "yₜ", "xₜ if maskₜ, else 0", "The input, with skipped steps set to zero.")
    # A comparison with 0 is false in some engines for numbers below 2.2e-16, which Keras does not skip.
    differs = (lambda x: Abs(Sign(x))) if value == 0 else (lambda x: NotEqual(x, Const(value)))
    mask, outputs = [], []
    for t, x in enumerate(only_sequence(use.layer.name, use.inputs[0])):
        mask.append(use.build.let(mask_band, Greater(Sum(differs(x)), Const(0.0)), t))
        outputs.append(use.build.let(y_band, Where(mask[-1], x, Const(0.0)), t))
    return (Signal.sequence(tuple(outputs), tuple(mask)),)
