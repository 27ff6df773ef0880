"""What the recorders of recurrent layers share: the steps of the cell, and the states around them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from xlcheck.model.keras_import import import_keras
from xlcheck.oracle.listen import LayerCall
from xlcheck.oracle.recorders.recorder import Array, Recorded, array, exactly, over_time


def steps_and_states(call: LayerCall, step: Callable[[LayerCall], dict[str, Any]], states: tuple[str, ...]) -> Recorded:
    """What `step` reads from each call of the cell, in the order of time, and the states before the first step.

    Under a mask what the cell made is `h_new`; the states that Keras gave to the next call, `h`; and
    what its loop over time returned, `y`.

    Args:
        call: the call of the recurrent layer.
        step: one call of its cell → symbols, the new states among them.
        states: symbols of the states in Keras's order.
    """
    timesteps = call.args[0].shape[1]
    # TensorFlow's loop calls the cell once more at first, only to find out the shape of its output.
    extra = not call.layer.unroll and import_keras().config.backend() == "tensorflow"
    cells = exactly(call.calls, timesteps + extra, call, "its cell")[-timesteps:]
    order = slice(None, None, -1) if call.layer.go_backwards else slice(None)
    recorded = over_time([step(cell) for cell in cells[order]])
    recorded |= {f"{symbol}_init": array(value) for symbol, value in zip(states, cells[0].args[1], strict=True)}
    if call.kwargs.get("mask") is not None:
        (loop,) = exactly(call.named("inner_loop"), 1, call, "its loop over time")
        _, outputs, last = loop.result
        after = [*(cell.args[1] for cell in cells[1:]), last]
        for number, symbol in enumerate(states):
            recorded[f"{symbol}_new"] = recorded[symbol]
            recorded[symbol] = np.stack([array(values[number]) for values in after[order]], axis=1)
        recorded["y"] = _output(call, array(outputs), array(loop.result[0]), len(states))[:, order]
    return recorded


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
