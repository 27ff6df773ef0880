"""GRU: update gate z, reset gate r and candidate hh; h_t = z·h_{t-1} + (1 - z)·hh.

Source: Cho et al., "Learning phrase representations using RNN encoder-decoder", EMNLP (2014). With
`reset_after` the reset gate acts after the product with the recurrent kernel, as in cuDNN, and the
bias has two rows, one for the input and one for the state. Column order z, r, hh of `keras.layers.GRUCell`.

Symbols: `xk_z`, `xk_r`, `xk_hh` and `hr_z`, `hr_r`, `hr_hh` are the projections of input and state;
`a_z`, `a_r`, `a_hh` the pre-activations; `z`, `r`, `hh` their activations; `r_hr` (with `reset_after`)
or `r_h` (without) is what the reset gate lets through; `h` is the state.
"""

from __future__ import annotations

from xlcheck.graph.expressions import Expr, Ref
from xlcheck.graph.quantities import Band, GraphBuilder, Role
from xlcheck.layers.activations import Activation, activation
from xlcheck.layers.gates import Columns, Gate, activate, gate_value, project_input, project_state
from xlcheck.layers.recurrence import MEMORY, State, recurrent
from xlcheck.layers.signals import Signal, Use

_Z = Gate("z", "a_z", "z", "az,ₜ", "zₜ", "update gate", "How much of the old state is kept")
_R = Gate("r", "a_r", "r", "aᵣ,ₜ", "rₜ", "reset gate", "How much of the old state the candidate may see")
_HH = Gate("hh", "a_hh", "hh", "ahh,ₜ", "h̃ₜ", "candidate", "What the state could become", Role.INTERMEDIATE)

_H = State(
    "h", "hₜ", "zₜ · hₜ₋₁ + (1 − zₜ) · h̃ₜ",
    "The hidden state: a mixture of the old state and the candidate; the update gate sets the shares.",
    "Before the first word the memory is empty.", MEMORY,
)  # fmt: skip


def equations(use: Use) -> tuple[Signal, ...]:
    """Write down gates, candidate and hidden state for every time step; returns as `recurrent` does."""
    act = activation(use.layer.name, use.layer.options["activation"])
    gate_act = activation(use.layer.name, use.layer.options["recurrent_activation"])
    reset_after = use.layer.options["reset_after"]
    candidate = _candidate_reset_after if reset_after else _candidate_reset_before
    z_columns, r_columns, hh_columns = (
        Columns.of(use.weights, number, use.layer.options["units"], 2 if reset_after else None) for number in range(3)
    )

    def step(build: GraphBuilder, t: int, x: Ref, states: tuple[Ref, ...], bands: tuple[Band, ...]) -> tuple[Ref, ...]:
        (h,) = states
        z = gate_value(build, use.name, _Z, gate_act, z_columns, x, h, t)
        r = gate_value(build, use.name, _R, gate_act, r_columns, x, h, t)
        hh = candidate(build, use.name, act, hh_columns, x, h, r, t)
        return (build.let(bands[0], z * h + (1 - z) * hh, t),)

    return recurrent(use, (_H,), step)


def _candidate_reset_after(
    build: GraphBuilder, name: str, act: Activation, columns: Columns, x: Ref, h: Ref, r: Ref, t: int
) -> Ref:
    """activation(x · kernel + bias[0] + r·(h · recurrent_kernel + bias[1]))."""
    past_notation = "hₜ₋₁ · recurrent_kernel[hh]" + (" + bias[row 2][hh]" if columns.biases else "")
    band = Band(
        name, "r_hr", Role.INTERMEDIATE, "rₜ·(hₜ₋₁·recurrent hh)", f"rₜ · ({past_notation})",
        "What the reset gate lets the candidate know of the past.", _HH.title,
    )  # fmt: skip
    xk: Expr = project_input(build, name, _HH, columns, x, t)
    past: Expr = project_state(build, name, _HH, columns, h, t)
    if columns.biases:
        xk, past = xk + columns.biases[0], past + columns.biases[1]
    total = xk + build.let(band, r * past, t)
    equation = "xₜ · kernel[hh] + " + ("bias[row 1][hh] + " if columns.biases else "") + band.label
    return activate(build, name, _HH, act, total, equation, t)


def _candidate_reset_before(
    build: GraphBuilder, name: str, act: Activation, columns: Columns, x: Ref, h: Ref, r: Ref, t: int
) -> Ref:
    """activation(x · kernel + (r·h) · recurrent_kernel + bias)."""
    band = Band(
        name, "r_h", Role.INTERMEDIATE, "rₜ·hₜ₋₁", "rₜ · hₜ₋₁",
        "The part of the old state that the candidate may see.", _HH.title,
    )  # fmt: skip
    xk = project_input(build, name, _HH, columns, x, t)
    r_h = build.let(band, r * h, t)
    total: Expr = xk + project_state(build, name, _HH, columns, r_h, t, "(rₜ·hₜ₋₁)")
    equation = "xₜ · kernel[hh] + (rₜ · hₜ₋₁) · recurrent_kernel[hh]"
    if columns.biases:
        total, equation = total + columns.biases[0], equation + " + bias[hh]"
    return activate(build, name, _HH, act, total, equation, t)
