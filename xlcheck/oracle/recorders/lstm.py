"""LSTM: projections, gates, candidate and both states of each step, from Keras's own cell."""

from __future__ import annotations

from typing import Any

from xlcheck.oracle.noted import LayerCall
from xlcheck.oracle.recorders.recorder import Recorded, exactly
from xlcheck.oracle.recorders.recurrent import projections, steps_and_states

_COLUMNS = ("i", "f", "c", "o")  # of Keras's kernels


def quantities(call: LayerCall) -> Recorded:
    """`xk_g`, `hr_g`, `z_g` of the gates, their values, `c`, `tanh_c`, `h` of each step, `h_init` and `c_init`."""
    return steps_and_states(call, _step, ("h", "c"))


def _step(cell: LayerCall) -> dict[str, Any]:
    # LSTMCell multiplies all gates' columns, activates i, f, candidate, o and last the new cell state.
    xk, hr = projections(cell, len(_COLUMNS))
    i, f, o = exactly(cell.named("recurrent_activation"), 3, cell, "the recurrent activation")
    c_tilde, tanh_c = exactly(cell.named("activation"), 2, cell, "the activation")
    _, (h, c) = cell.result

    values: dict[str, Any] = {}
    for number, column in enumerate(_COLUMNS):
        values[f"xk_{column}"], values[f"hr_{column}"] = xk[number], hr[number]
    for column, event in zip(_COLUMNS, (i, f, c_tilde, o), strict=True):
        values[f"z_{column}"] = event.args[0]
    values |= {"i": i.result, "f": f.result, "c_tilde": c_tilde.result, "o": o.result}
    return values | {"c": c, "tanh_c": tanh_c.result, "h": h}
