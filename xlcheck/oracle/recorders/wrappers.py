"""Bidirectional and TimeDistributed: what the wrapped layers compute, under their names, and the merged output."""

from __future__ import annotations

import numpy as np

from xlcheck.oracle.listen import LayerCall
from xlcheck.oracle.recorders import gru, lstm, outputs, simple_rnn
from xlcheck.oracle.recorders.dense import quantities as dense
from xlcheck.oracle.recorders.recorder import Recorded, Recorder, array, exactly

_RECURRENT: dict[str, Recorder] = {"SimpleRNN": simple_rnn.quantities, "LSTM": lstm.quantities, "GRU": gru.quantities}


def bidirectional(call: LayerCall) -> Recorded:
    """`forward_….symbol` and `backward_….symbol`, and `y` if both outputs are merged."""
    recorded: Recorded = {}
    for inner in call.calls:
        for symbol, values in _RECURRENT[type(inner.layer).__name__](inner).items():
            recorded[f"{inner.layer.name}.{symbol}"] = values
    if call.layer.merge_mode is not None:
        recorded["y"] = array(call.result[0] if call.layer.return_state else call.result)
    return recorded


def time_distributed(call: LayerCall) -> Recorded:
    """`inner.symbol`, joined over the calls that Keras makes, one for each step."""
    steps = exactly(call.calls, call.args[0].shape[1], call, "the wrapped layer")
    inner = call.layer.layer
    recorder = {"Dense": dense, "LayerNormalization": outputs.layer_normalization}.get(
        type(inner).__name__, outputs.quantities
    )
    recorded = [recorder(step) for step in steps]
    return {
        f"{inner.name}.{symbol}": np.stack([values[symbol] for values in recorded], axis=1) for symbol in recorded[0]
    }
