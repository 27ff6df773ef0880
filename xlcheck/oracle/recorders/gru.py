"""GRU: projections, gates, candidate and hidden state of each step, from Keras's own cell."""

from __future__ import annotations

from typing import Any

import numpy as np

from xlcheck.errors import OracleError
from xlcheck.oracle.noted import LayerCall
from xlcheck.oracle.recorders.recorder import Array, Recorded, array, exactly
from xlcheck.oracle.recorders.recurrent import projections, steps_and_states

_COLUMNS = ("z", "r", "hh")  # of Keras's kernels


def quantities(call: LayerCall) -> Recorded:
    """`xk_g`, `hr_g`, `a_g` of the gates, their values, `r_hr` or `r_h`, `h` of each step, and `h_init`."""
    return steps_and_states(call, _step, ("h",))


def _step(cell: LayerCall) -> dict[str, Any]:
    z, r = exactly(cell.named("recurrent_activation"), 2, cell, "the recurrent activation")
    (hh,) = exactly(cell.named("activation"), 1, cell, "the activation")
    _, (h,) = cell.result

    # Without `reset_after` the candidate's state is multiplied for itself, at last.
    xk, hr = projections(cell, len(_COLUMNS), alone=0 if cell.layer.reset_after else 1)
    values: dict[str, Any] = {f"xk_{column}": part for column, part in zip(_COLUMNS, xk, strict=True)}
    values |= {f"hr_{column}": part for column, part in zip(_COLUMNS, hr, strict=True)}
    if not cell.layer.reset_after:
        values["r_h"] = cell.named("matmul")[-1].args[0]
    elif cell.holds_values:
        values["r_hr"] = _reset(cell, xk[2], hr[2], array(r.result), array(hh.args[0]))
    values |= {f"a_{column}": event.args[0] for column, event in zip(_COLUMNS, (z, r, hh), strict=True)}
    return values | {"z": z.result, "r": r.result, "hh": hh.result, "h": h}


def _reset(cell: LayerCall, xk: Array, hr: Array, r: Array, total: Array) -> Array:
    """The product r · (hr + bias), which Keras adds to the input's part without keeping it.

    Raises:
        OracleError: with it, the sum is not the one that Keras gave to the activation.
    """
    units = r.shape[-1]
    bias = np.zeros((2, units)) if cell.layer.bias is None else array(cell.layer.bias)[:, -units:]
    product: Array = r * (hr + bias[1])
    rounding = 8 * np.finfo(cell.layer.compute_dtype).eps * (np.abs(xk + bias[0]) + np.abs(product))
    if not (np.abs(xk + bias[0] + product - total) <= rounding).all():
        raise OracleError(f"layer {cell.layer.name!r}: the reset gate does not lead to the candidate's sum in Keras")
    return product
