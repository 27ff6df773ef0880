"""RNN: the loop over time around any of Keras's cells, or around several of which each reads the one before.

Source: `keras.layers.RNN`, `StackedRNNCells`. An RNN of an LSTMCell is an LSTM; cells in a stack are layers that hand
on every output, and their quantities carry the names of the cells.
"""

from __future__ import annotations

from dataclasses import replace

from xlcheck.errors import NotSupportedError
from xlcheck.layers import gru, lstm, simple_rnn
from xlcheck.layers.signals import Signal, Use, without_mask
from xlcheck.model.model_spec import LayerSpec

_CELLS = {
    "SimpleRNNCell": simple_rnn.equations, "LSTMCell": lstm.equations, "GRUCell": gru.equations,
}  # fmt: skip


def equations(use: Use) -> tuple[Signal, ...]:
    """Write down each cell as a layer; the states of all cells follow the output with `return_state`."""
    signal, *given = use.inputs
    if len(use.layer.inner) > 1:
        without_mask(use.layer.name, [signal], "RNN with several cells")
    ends: list[Signal] = []
    for number, cell in enumerate(use.layer.inner, start=1):
        if cell.kind not in _CELLS:
            raise NotSupportedError(
                f"layer {use.layer.name!r}: an RNN of {cell.kind} is not supported, only of {', '.join(_CELLS)}"
            )
        is_last = number == len(use.layer.inner)
        options = {**use.layer.options, **cell.options, "return_state": True}
        if not is_last:
            options["return_sequences"] = True
        as_layer = LayerSpec(cell.kind.removesuffix("Cell"), use.layer.name, options)
        own, given = (given, []) if is_last else (given[: cell.states], given[cell.states :])
        signal, *states = _CELLS[cell.kind](replace(use.of_inner(cell, (signal, *own)), layer=as_layer))
        if not is_last and use.layer.options.get("go_backwards", False):
            signal = Signal.sequence(signal.steps[::-1])  # the next cell reads the same steps, backwards, too
        ends += states
    return (signal, *(ends if use.layer.options.get("return_state", False) else ()))
