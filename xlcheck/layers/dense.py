"""Dense: y = activation(x · kernel + bias), at every time step of a sequence, and for every pixel of an image.

Source: `keras.layers.Dense`.
"""

from __future__ import annotations

from dataclasses import replace

from xlcheck.graph.expressions import Dot, Expr
from xlcheck.layers.activations import activation
from xlcheck.layers.signals import Signal, Use, activated, bands_of_sums, each_pixel, of_image


def equations(use: Use) -> tuple[Signal, ...]:
    """Write down the weighted sum and its activation, for each time step if there are several."""
    (signal,) = use.inputs
    act = activation(use.layer.name, use.layer.options["activation"])
    bias = use.weights.get("bias")
    equation = f"x{'ₜ' if signal.timed else ''} · kernel" + (" + bias" if bias else "")
    z_band, y_band = bands_of_sums(use.name, act, equation, "The weighted sum of what comes in", timed=signal.timed)

    def weighted(x: Expr) -> Expr:
        product = Dot(x, use.weights["kernel"])
        return product + bias if bias else product

    outputs = []
    for t, ref in enumerate(signal.steps):
        step = t if signal.timed else None
        z = use.build.let(of_image(z_band, signal.columns), each_pixel(use.build, ref, signal.columns, weighted), step)
        outputs.append(
            use.build.let(of_image(y_band, signal.columns), activated(use.build, act, z, signal.columns), step)
        )
    return (replace(signal, steps=tuple(outputs)),)
