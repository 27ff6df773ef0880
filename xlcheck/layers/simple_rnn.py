"""SimpleRNN: h_t = activation(x_t · kernel + h_{t-1} · recurrent_kernel + bias).

Source: Elman, "Finding structure in time", Cognitive Science 14 (1990); `keras.layers.SimpleRNNCell`.
"""

from __future__ import annotations

from collections.abc import Mapping

from xlcheck.graph.expressions import Dot, Ref
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.activations import activation
from xlcheck.layers.signals import Signal, only_sequence
from xlcheck.spec.model_spec import LayerSpec


def equations(
    build: GraphBuilder, name: str, layer: LayerSpec, weights: Mapping[str, Ref], inputs: tuple[Signal, ...]
) -> tuple[Signal, ...]:
    """Write down the recurrence for every time step.

    Returns:
        The last hidden state `(units,)`, or with `return_sequences` all of them.
    """
    act = activation(layer.name, layer.options["activation"])
    units = layer.options["units"]
    bias = weights.get("bias")
    f = act.notation or "identity"

    h0 = Band(name, "h_init", Role.STATE, "h₀", "0", "Before the first word the memory is empty.")
    xk = Band(
        name, "xk", Role.INTERMEDIATE, "xₜ·kernel", "xₜ · kernel",
        "What the input of this step contributes.",
    )  # fmt: skip
    hr = Band(
        name, "hr", Role.INTERMEDIATE, "hₜ₋₁·recurrent", "hₜ₋₁ · recurrent_kernel",
        "What the memory of the step before contributes.",
    )  # fmt: skip
    z = Band(
        name, "z", Role.INTERMEDIATE, "zₜ",
        "xₜ·kernel + hₜ₋₁·recurrent_kernel" + (" + bias" if bias else ""),
        "Input and memory together, before the activation.",
    )  # fmt: skip
    h = Band(
        name, "h", Role.STATE, "hₜ", f"{f}(zₜ)" if act.notation else "zₜ",
        f"The new hidden state: the sum {act.meaning}.",
    )  # fmt: skip

    h_tm1 = build.given(h0, (units,))
    states = []
    for t, x in enumerate(only_sequence(layer.name, inputs[0])):
        total = build.let(xk, Dot(x, weights["kernel"]), t) + build.let(hr, Dot(h_tm1, weights["recurrent_kernel"]), t)
        z_t = build.let(z, total + bias if bias else total, t)
        h_tm1 = build.let(h, act.apply(z_t), t)
        states.append(h_tm1)
    if layer.options["return_sequences"]:
        return (Signal.sequence(tuple(states)),)
    return (Signal.vector(h_tm1),)
