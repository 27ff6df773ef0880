"""Bidirectional, TimeDistributed and RNN: what the wrapped layers compute, under their names, and the merged output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from xlcheck.model.keras_layers import is_graph, walk, wrapped_layers
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
    """`inner.symbol`, joined over the calls that Keras makes, one for each step; `model.inner.symbol` of a model's."""
    inner = call.layer.layer
    steps = exactly([own for own in call.calls if own.layer is inner], call.args[0].shape[1], call, "the wrapped layer")
    if not is_graph(inner):
        return _joined(inner.name, steps)
    recorded: Recorded = {}
    for path, layer in walk(inner, inner.name):
        calls = [own for step in steps for own in _inside(step) if own.layer is layer]
        recorded |= _joined(path, exactly(calls, len(steps), call, layer.name))
    return recorded


def _joined(name: str, steps: list[LayerCall]) -> Recorded:
    kind = type(steps[0].layer).__name__
    recorder = {"Dense": outputs.dense, "LayerNormalization": outputs.layer_normalization}.get(kind, outputs.quantities)
    recorded = [recorder(step) for step in steps]
    return {f"{name}.{symbol}": np.stack([values[symbol] for values in recorded], axis=1) for symbol in recorded[0]}


def _inside(call: LayerCall) -> Iterator[LayerCall]:
    """All calls inside a call."""
    for own in call.calls:
        yield own
        yield from _inside(own)
