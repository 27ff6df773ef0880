"""SimpleRNN: both projections, the sum and the hidden state of each step, from Keras's own cell."""

from __future__ import annotations

from typing import Any

from xlcheck.oracle.noted import LayerCall
from xlcheck.oracle.recorders.recorder import Recorded, exactly
from xlcheck.oracle.recorders.recurrent import steps_and_states


def quantities(call: LayerCall) -> Recorded:
    """`xk`, `hr`, `z`, `h` of each step, and `h_init`."""
    return steps_and_states(call, _step, ("h",))


def _step(cell: LayerCall) -> dict[str, Any]:
    xk, hr = exactly(cell.named("matmul"), 2, cell, "matmul")
    (activation,) = exactly(cell.named("activation"), 1, cell, "the activation")
    output, _ = cell.result
    return {"xk": xk.result, "hr": hr.result, "z": activation.args[0], "h": output}
