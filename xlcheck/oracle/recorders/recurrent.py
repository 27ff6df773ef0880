"""What the recorders of recurrent layers share: the steps of the cell, and the states around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from xlcheck.errors import OracleError
from xlcheck.model.keras_import import import_keras
from xlcheck.oracle.noted import LayerCall, joined
from xlcheck.oracle.recorders.recorder import Array, Recorded, array, exactly


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
