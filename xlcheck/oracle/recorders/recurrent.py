"""SimpleRNN, LSTM and GRU: projections, gates and states of each step, from Keras's own cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from xlcheck.arrays import Array
from xlcheck.errors import OracleError
from xlcheck.model.keras_import import import_keras
from xlcheck.oracle.noted import LayerCall, joined
from xlcheck.oracle.recorders.recorder import Recorded, array, exactly

_LSTM = ("i", "f", "c", "o")
_GRU = ("z", "r", "hh")
"""The columns of Keras's kernels."""


def simple_rnn(call: LayerCall) -> Recorded:
    """`xk`, `hr`, `z`, `h` of each step, and `h_init`."""
    return steps_and_states(call, _simple_rnn_step, ("h",))


def _simple_rnn_step(cell: LayerCall) -> dict[str, Any]:
    xk, hr = exactly(cell.named("matmul"), 2, cell, "matmul")
    (activation,) = exactly(cell.named("activation"), 1, cell, "the activation")
    output, _ = cell.result
    return {"xk": xk.result, "hr": hr.result, "z": activation.args[0], "h": output}


def lstm(call: LayerCall) -> Recorded:
    """`xk_g`, `hr_g`, `z_g` of the gates, their values, `c`, `tanh_c`, `h` of each step, `h_init` and `c_init`."""
    return steps_and_states(call, _lstm_step, ("h", "c"))


def _lstm_step(cell: LayerCall) -> dict[str, Any]:
    # LSTMCell multiplies all gates' columns, activates i, f, candidate, o and last the new cell state.
    xk, hr = projections(cell, len(_LSTM))
    i, f, o = exactly(cell.named("recurrent_activation"), 3, cell, "the recurrent activation")
    c_tilde, tanh_c = exactly(cell.named("activation"), 2, cell, "the activation")
    _, (h, c) = cell.result

    values: dict[str, Any] = {}
    for number, column in enumerate(_LSTM):
        values[f"xk_{column}"], values[f"hr_{column}"] = xk[number], hr[number]
    for column, event in zip(_LSTM, (i, f, c_tilde, o), strict=True):
        values[f"z_{column}"] = event.args[0]
    values |= {"i": i.result, "f": f.result, "c_tilde": c_tilde.result, "o": o.result}
    return values | {"c": c, "tanh_c": tanh_c.result, "h": h}


def gru(call: LayerCall) -> Recorded:
    """`xk_g`, `hr_g`, `a_g` of the gates, their values, `r_hr` or `r_h`, `h` of each step, and `h_init`."""
    return steps_and_states(call, _gru_step, ("h",))


def _gru_step(cell: LayerCall) -> dict[str, Any]:
    z, r = exactly(cell.named("recurrent_activation"), 2, cell, "the recurrent activation")
    (hh,) = exactly(cell.named("activation"), 1, cell, "the activation")
    _, (h,) = cell.result

    # Without `reset_after` the candidate's state is multiplied for itself, at last.
    xk, hr = projections(cell, len(_GRU), alone=0 if cell.layer.reset_after else 1)
    values: dict[str, Any] = {f"xk_{column}": part for column, part in zip(_GRU, xk, strict=True)}
    values |= {f"hr_{column}": part for column, part in zip(_GRU, hr, strict=True)}
    if not cell.layer.reset_after:
        values["r_h"] = cell.named("matmul")[-1].args[0]
    elif cell.holds_values:
        values["r_hr"] = _reset(cell, xk[2], hr[2], array(r.result), array(hh.args[0]))
    values |= {f"a_{column}": event.args[0] for column, event in zip(_GRU, (z, r, hh), strict=True)}
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


def steps_and_states(call: LayerCall, step: Callable[[LayerCall], dict[str, Any]], states: tuple[str, ...]) -> Recorded:
    """What `step` reads from the calls of the cell, and the states before the first step.

    Under a mask what the cell made is `h_new`; the states that Keras gave to the next call, `h`; and
    what its loop over time returned, `y`.

    Args:
        call: the call of the recurrent layer.
        step: all calls of its cell as one, with a first axis of steps → symbols, the new states among them.
        states: symbols of the states in Keras's order.

    Raises:
        OracleError: Keras hands on something else than what its cell makes.
    """
    cell = _steps(call)
    order = slice(None, None, -1) if call.layer.go_backwards else slice(None)
    recorded = {symbol: array(value).swapaxes(0, 1)[:, order] for symbol, value in step(cell).items()}
    before = [array(value) for value in cell.args[1]]
    recorded |= {f"{symbol}_init": value[0] for symbol, value in zip(states, before, strict=True)}
    (loop,) = exactly(call.named("inner_loop"), 1, call, "its loop over time")
    outputs = array(loop.result[1])
    if call.kwargs.get("mask") is None:
        is_last = cell.layer is call.layer.cell  # and none of several, of which each hands on to the next
        if call.holds_values and is_last and not np.array_equal(outputs[:, order], recorded[states[0]], equal_nan=True):
            raise OracleError(f"layer {call.layer.name!r}: Keras hands on something else than what its cell makes")
        return recorded
    for symbol, value, last in zip(states, before, loop.result[2], strict=True):
        recorded[f"{symbol}_new"] = recorded[symbol]
        recorded[symbol] = np.concatenate([value[1:], array(last)[None]]).swapaxes(0, 1)[:, order]
    recorded["y"] = _output(call, outputs, array(loop.result[0]), len(states))[:, order]
    return recorded


def _steps(call: LayerCall) -> LayerCall:
    """The calls of a layer's cell in the order in which Keras made them, as one."""
    if len(call.calls) == 1 and call.calls[0].steps == call.args[0].shape[1]:
        return call.calls[0]
    timesteps = call.args[0].shape[1]
    # TensorFlow's loop calls the cell once more at first, only to find out the shape of its output.
    extra = not call.layer.unroll and import_keras().config.backend() == "tensorflow"
    return joined(exactly(call.calls, timesteps + extra, call, "its cell")[-timesteps:])


def projections(cell: LayerCall, gates: int, *, alone: int = 0) -> tuple[list[Array], list[Array]]:
    """The products of the input and of the state with each gate's columns of the kernels.

    Keras multiplies all gates' columns at once, or, where `recurrent_dropout` may drop others of each gate, each
    gate's for itself.

    Args:
        cell: the call of the cell.
        gates: how many there are.
        alone: how many of the last gates have a product of their own with the state in any case.
    """
    together = cell.layer.implementation != 1
    counts = (1, 1 + alone) if together else (gates, gates)
    products = [array(event.result) for event in exactly(cell.named("matmul"), sum(counts), cell, "matmul")]
    if not together:
        return products[:gates], products[gates:]
    xk, hr = products[:2]
    return np.split(xk, gates, axis=-1), [*np.split(hr, gates - alone, axis=-1), *products[2:]]


def _output(call: LayerCall, outputs: np.ndarray, last: np.ndarray, states: int) -> np.ndarray:
    """What the layer hands on at each step of its loop.

    Of gradients, those of all outputs together do not say what flows through the last one, and from each to the one
    before it; that is found where the loop chooses.
    """
    if call.holds_values:
        return outputs
    if call.layer.zero_output_for_mask:  # no output goes into the next one
        return np.concatenate([outputs[:, :-1], outputs[:, -1:] + last[:, None]], axis=1)
    timesteps = outputs.shape[1]
    chosen = exactly(call.named("where"), timesteps * (1 + states), call, "where")
    return np.stack([array(event.result) for event in chosen[:: 1 + states]], axis=1)
