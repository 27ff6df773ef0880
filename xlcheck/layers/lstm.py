"""LSTM: gates i, f, o and candidate c_tilde; c_t = f·c_{t-1} + i·c_tilde; h_t = o·activation(c_t).

Source: Hochreiter and Schmidhuber, "Long short-term memory", Neural Computation 9 (1997), with the
forget gate of Gers, Schmidhuber and Cummins (2000); column order i, f, c, o of `keras.layers.LSTMCell`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xlcheck.graph.expressions import Dot, Expr, Ref, Slice
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.activations import Activation, activation
from xlcheck.layers.signals import Signal, only_sequence
from xlcheck.spec.model_spec import LayerSpec


@dataclass(frozen=True)
class _Gate:
    symbol: str
    value: str
    label: str
    value_label: str
    title: str
    meaning: str


# In the order of Keras's kernel columns.
_GATES = (
    _Gate("i", "i", "ᵢ", "iₜ", "input gate", "How much of the candidate is written into the memory"),
    _Gate("f", "f", "f", "fₜ", "forget gate", "How much of the old memory is kept"),
    _Gate("c", "c_tilde", "c", "c̃ₜ", "candidate", "What could be written into the memory"),
    _Gate("o", "o", "ₒ", "oₜ", "output gate", "How much of the memory is shown to the outside"),
)


def equations(
    build: GraphBuilder, name: str, layer: LayerSpec, weights: Mapping[str, Ref], inputs: tuple[Signal, ...]
) -> tuple[Signal, ...]:
    """Write down gates, cell state and hidden state for every time step.

    Returns:
        The last hidden state `(units,)`, or with `return_sequences` all of them.
    """
    act = activation(layer.name, layer.options["activation"])
    recurrent_act = activation(layer.name, layer.options["recurrent_activation"])
    units = layer.options["units"]

    c_band = Band(
        name, "c", Role.STATE, "cₜ", "fₜ·cₜ₋₁ + iₜ·c̃ₜ",
        "The cell state: old memory that is kept plus new memory that is written.", "memory and output",
    )  # fmt: skip
    tanh_c_band = Band(
        name, "tanh_c", Role.INTERMEDIATE, f"{act.notation or 'identity'}(cₜ)", f"{act.notation}(cₜ)",
        f"The cell state {act.meaning}.", "memory and output",
    )  # fmt: skip
    h_band = Band(
        name, "h", Role.STATE, "hₜ", f"oₜ·{act.notation}(cₜ)",
        "The hidden state: the part of the memory that the output gate lets out.", "memory and output",
    )  # fmt: skip

    h = build.given(Band(name, "h_init", Role.STATE, "h₀", "0", "Before the first word the output is zero."), (units,))
    c = build.given(Band(name, "c_init", Role.STATE, "c₀", "0", "Before the first word the memory is empty."), (units,))
    states = []
    for t, x in enumerate(only_sequence(layer.name, inputs[0])):
        gates = {}
        for column, gate in enumerate(_GATES):
            gate_act = act if gate.symbol == "c" else recurrent_act
            columns = (column * units, (column + 1) * units)
            gates[gate.value] = _gate(build, name, gate, gate_act, weights, columns, x, h, t)
        c = build.let(c_band, gates["f"] * c + gates["i"] * gates["c_tilde"], t)
        tanh_c = build.let(tanh_c_band, act.apply(c), t)
        h = build.let(h_band, gates["o"] * tanh_c, t)
        states.append(h)
    if layer.options["return_sequences"]:
        return (Signal.sequence(tuple(states)),)
    return (Signal.vector(h),)


def _gate(
    build: GraphBuilder, name: str, gate: _Gate, act: Activation, weights: Mapping[str, Ref],
    columns: tuple[int, int], x: Ref, h_tm1: Ref, t: int,
) -> Expr:  # fmt: skip
    """Projections, pre-activation and activation of one gate at one time step."""

    def part(weight: str) -> Slice:
        return Slice(weights[weight], *columns)

    s, label = gate.symbol, gate.label
    xk = Band(
        name, f"xk_{s}", Role.INTERMEDIATE, f"xₜ·kernel {s}", f"xₜ · kernel[{s}]",
        f"What the input of this step contributes to the {gate.title}.", gate.title,
    )  # fmt: skip
    hr = Band(
        name, f"hr_{s}", Role.INTERMEDIATE, f"hₜ₋₁·recurrent {s}", f"hₜ₋₁ · recurrent_kernel[{s}]",
        f"What the output of the step before contributes to the {gate.title}.", gate.title,
    )  # fmt: skip
    z = Band(
        name, f"z_{s}", Role.INTERMEDIATE, f"z{label},ₜ",
        f"xₜ·kernel[{s}] + hₜ₋₁·recurrent_kernel[{s}]" + (f" + bias[{s}]" if "bias" in weights else ""),
        f"The {gate.title} before its activation.", gate.title,
    )  # fmt: skip
    value = Band(
        name, gate.value, Role.INTERMEDIATE, gate.value_label, f"{act.notation}(z{label},ₜ)",
        f"{gate.meaning}: the sum {act.meaning}.", gate.title,
    )  # fmt: skip
    total = build.let(xk, Dot(x, part("kernel")), t) + build.let(hr, Dot(h_tm1, part("recurrent_kernel")), t)
    z_t = build.let(z, total + part("bias") if "bias" in weights else total, t)
    return build.let(value, act.apply(z_t), t)
