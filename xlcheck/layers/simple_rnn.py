"""SimpleRNN: h_t = activation(x_t · kernel + h_{t-1} · recurrent_kernel + bias).

Source: Elman, "Finding structure in time", Cognitive Science 14 (1990); `keras.layers.SimpleRNNCell`.
"""

from __future__ import annotations

from xlcheck.graph.expressions import Dot, Ref
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.activations import activation
from xlcheck.layers.recurrence import State, recurrent
from xlcheck.layers.signals import Signal, Use


def equations(use: Use) -> tuple[Signal, ...]:
    """Write down the recurrence for every time step; returns as `recurrent` does."""
    act = activation(use.layer.name, use.layer.options["activation"])
    bias = use.weights.get("bias")

    xk_band = Band(
        use.name, "xk", Role.INTERMEDIATE, "xₜ·kernel", "xₜ · kernel",
        "What the input of this step contributes.",
    )  # fmt: skip
    hr_band = Band(
        use.name, "hr", Role.INTERMEDIATE, "hₜ₋₁·recurrent", "hₜ₋₁ · recurrent_kernel",
        "What the memory of the step before contributes.",
    )  # fmt: skip
    z_band = Band(
        use.name, "z", Role.INTERMEDIATE, "zₜ",
        "xₜ · kernel + hₜ₋₁ · recurrent_kernel" + (" + bias" if bias else ""),
        "Input and memory together, before the activation.",
    )  # fmt: skip
    state = State(
        "h", "hₜ", f"{act.notation}(zₜ)" if act.notation else "zₜ",
        f"The new hidden state: the sum {act.meaning}.",
        "Before the first word the memory is empty.",
    )  # fmt: skip

    def step(build: GraphBuilder, t: int, x: Ref, states: tuple[Ref, ...], bands: tuple[Band, ...]) -> tuple[Ref, ...]:
        xk = build.let(xk_band, Dot(x, use.weights["kernel"]), t)
        total = xk + build.let(hr_band, Dot(states[0], use.weights["recurrent_kernel"]), t)
        z = build.let(z_band, total + bias if bias else total, t)
        return (build.let(bands[0], act.apply(z), t),)

    return recurrent(use, (state,), step)
