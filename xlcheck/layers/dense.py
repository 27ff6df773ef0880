"""Dense: y = activation(x · kernel + bias), at every time step of a sequence, and for every pixel of an image.

Source: `keras.layers.Dense`.
"""

from __future__ import annotations

from dataclasses import replace

from xlcheck.graph.expressions import Dot, Expr
from xlcheck.graph.quantities import Band, Role
from xlcheck.layers.activations import activation
from xlcheck.layers.signals import Signal, Use, activated, each_pixel, of_image


def equations(use: Use) -> tuple[Signal, ...]:
    """Write down the weighted sum and its activation, for each time step if there are several."""
    (signal,) = use.inputs
    act = activation(use.layer.name, use.layer.options["activation"])
    bias = use.weights.get("bias")
    t_, x = ("ₜ", "xₜ") if signal.timed else ("", "x")
    z_band = Band(
        use.name, "z", Role.INTERMEDIATE, f"z{t_}", f"{x} · kernel" + (" + bias" if bias else ""),
        "The weighted sum of what comes in, before the activation.",
    )  # fmt: skip
    y_band = Band(
        use.name, "y", Role.OUTPUT, f"y{t_}", f"{act.notation}(z{t_})" if act.notation else f"z{t_}",
        f"The output: the sum {act.meaning}.",
    )  # fmt: skip

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
