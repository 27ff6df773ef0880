"""LSTM: gates i, f, o and candidate c_tilde; c_t = f·c_{t-1} + i·c_tilde; h_t = o·activation(c_t).

Source: Hochreiter and Schmidhuber, "Long short-term memory", Neural Computation 9 (1997), with the
forget gate of Gers, Schmidhuber and Cummins (2000); column order i, f, c, o of `keras.layers.LSTMCell`.
"""

from __future__ import annotations

from xlcheck.graph.expressions import Ref
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.activations import activation
from xlcheck.layers.gates import Columns, Gate, gate_value
from xlcheck.layers.recurrence import MEMORY, State, recurrent
from xlcheck.layers.signals import Signal, Use

# In the order of Keras's kernel columns.
_GATES = (
    Gate("i", "z_i", "i", "zᵢ,ₜ", "iₜ", "input gate", "How much of the candidate is written into the memory"),
    Gate("f", "z_f", "f", "zf,ₜ", "fₜ", "forget gate", "How much of the old memory is kept"),
    Gate("c", "z_c", "c_tilde", "zc,ₜ", "c̃ₜ", "candidate", "What could be written into the memory", Role.INTERMEDIATE),
    Gate("o", "z_o", "o", "zₒ,ₜ", "oₜ", "output gate", "How much of the memory is shown to the outside"),
)


def equations(use: Use) -> tuple[Signal, ...]:
    """Write down gates, cell state and hidden state for every time step; returns as `recurrent` does."""
    act = activation(use.layer.name, use.layer.options["activation"])
    gate_act = activation(use.layer.name, use.layer.options["recurrent_activation"])
    columns = tuple(Columns.of(use.weights, number, use.layer.options["units"]) for number in range(len(_GATES)))
    h_state = State(
        "h", "hₜ", f"oₜ · {act.notation}(cₜ)",
        "The hidden state: the part of the memory that the output gate lets out.",
        "Before the first word the output is zero.", MEMORY,
    )  # fmt: skip
    c_state = State(
        "c", "cₜ", "fₜ · cₜ₋₁ + iₜ · c̃ₜ",
        "The cell state: old memory that is kept plus new memory that is written.",
        "Before the first word the memory is empty.", MEMORY,
    )  # fmt: skip

    def step(build: GraphBuilder, t: int, x: Ref, states: tuple[Ref, ...], bands: tuple[Band, ...]) -> tuple[Ref, ...]:
        h, c = states
        i, f, c_tilde, o = (
            gate_value(build, use.name, gate, act if gate.key == "c" else gate_act, own, x, h, t)
            for gate, own in zip(_GATES, columns, strict=True)
        )
        c = build.let(bands[1], f * c + i * c_tilde, t)
        tanh_c_band = Band(
            use.name, "tanh_c", Role.INTERMEDIATE, f"{act.notation or 'identity'}({bands[1].label})",
            f"{act.notation}({bands[1].label})", f"The cell state {act.meaning}.", MEMORY,
        )  # fmt: skip
        tanh_c = build.let(tanh_c_band, act.apply(c), t)
        return build.let(bands[0], o * tanh_c, t), c

    return recurrent(use, (h_state, c_state), step)
