"""SimpleRNN: both projections, the sum and the hidden state of each step, from Keras's own cell."""

from __future__ import annotations

from typing import Any

from xlcheck.oracle.listen import LayerCall
from xlcheck.oracle.recorders.recorder import Recorded, array, exactly, over_time


def quantities(call: LayerCall) -> Recorded:
    """`xk`, `hr`, `z`, `h` of each step, and `h_init`."""
    recorded = over_time([_step(cell) for cell in call.calls])
    recorded["h_init"] = array(call.calls[0].args[1][0])
    return recorded


def _step(cell: LayerCall) -> dict[str, Any]:
    xk, hr = exactly(cell.named("matmul"), 2, cell, "matmul")
    (activation,) = exactly(cell.named("activation"), 1, cell, "the activation")
    output, _ = cell.result
    return {"xk": xk.result, "hr": hr.result, "z": activation.args[0], "h": output}
