"""Bidirectional, TimeDistributed and RNN: what the wrapped layers compute, under their names, and the merged output."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xlcheck.model.keras_layers import wrapped_layers
from xlcheck.oracle.noted import LayerCall
from xlcheck.oracle.recorders import outputs, recurrent
from xlcheck.oracle.recorders.recorder import Recorded, Recorder, array, exactly

_RECURRENT: dict[str, Recorder] = {"SimpleRNN": recurrent.simple_rnn, "LSTM": recurrent.lstm, "GRU": recurrent.gru}


def bidirectional(call: LayerCall) -> Recorded:
    """`forward_….symbol` and `backward_….symbol`, and `y` if both outputs are merged."""
    recorded: Recorded = {}
    for inner in call.calls:
        kind = type(inner.layer).__name__
        for symbol, values in (rnn if kind == "RNN" else _RECURRENT[kind])(inner).items():
            recorded[f"{inner.layer.name}.{symbol}"] = values
    if call.layer.merge_mode is not None:
        recorded["y"] = array(call.result[0] if call.layer.return_state else call.result)
    return recorded


def rnn(call: LayerCall) -> Recorded:
    """`cell.symbol` of each cell, as of a layer that has this cell."""
    recorded: Recorded = {}
    # Several cells are called at each step by what holds them together; before the steps Keras tries them one by one.
    steps = [step for step in call.calls if step.layer is call.layer.cell]
    for number, cell in enumerate(wrapped_layers(call.layer)):
        calls = steps if call.layer.cell is cell else [step.calls[number] for step in steps]
        kind = type(cell).__name__.removesuffix("Cell")
        for symbol, values in _RECURRENT[kind](replace(call, calls=calls)).items():
            recorded[f"{cell.name}.{symbol}"] = values
    return recorded


def time_distributed(call: LayerCall) -> Recorded:
    """`inner.symbol`, joined over the calls that Keras makes, one for each step."""
    steps = exactly(call.calls, call.args[0].shape[1], call, "the wrapped layer")
    inner = call.layer.layer
    recorder = {"Dense": outputs.dense, "LayerNormalization": outputs.layer_normalization}.get(
        type(inner).__name__, outputs.quantities
    )
    recorded = [recorder(step) for step in steps]
    return {
        f"{inner.name}.{symbol}": np.stack([values[symbol] for values in recorded], axis=1) for symbol in recorded[0]
    }
