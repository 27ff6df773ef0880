"""Bidirectional: one recurrent layer reads forwards, one backwards, and their outputs are merged.

Source: Schuster and Paliwal, "Bidirectional recurrent neural networks", IEEE Transactions on Signal
Processing 45 (1997); `keras.layers.Bidirectional`. The quantities of both layers carry the time step
of the input that they read, so that both outputs of one step stand in one column.
"""

from __future__ import annotations

from collections.abc import Callable

from xlcheck.graph.expressions import Concat, Expr
from xlcheck.layers import gru, lstm, rnn, simple_rnn
from xlcheck.layers.signals import Signal, Use, output_band

RECURRENT = {
    "SimpleRNN": simple_rnn.equations, "LSTM": lstm.equations, "GRU": gru.equations, "RNN": rnn.equations,
}  # fmt: skip

_MERGES: dict[str, tuple[Callable[[Expr, Expr], Expr], str, str]] = {
    "concat": (lambda a, b: Concat((a, b)), "forward, backward", "side by side"),
    "sum": (lambda a, b: a + b, "forward + backward", "added"),
    "mul": (lambda a, b: a * b, "forward · backward", "multiplied, element by element"),
    "ave": (lambda a, b: (a + b) / 2, "(forward + backward) / 2", "averaged"),
}


def equations(use: Use) -> tuple[Signal, ...]:
    """Write down both layers and the merged output; states follow, those of the forward layer first."""
    sequence, *states = use.inputs
    half = len(states) // 2
    (y, *ends), (y_rev, *ends_rev) = (
        RECURRENT[inner.kind](use.of_inner(inner, (sequence, *own)))
        for inner, own in zip(use.layer.inner, (states[:half], states[half:]), strict=True)
    )
    # A backward layer hands over its outputs last step first.
    y_rev = Signal(y_rev.steps[::-1], y_rev.timed, y_rev.mask)
    mode = use.layer.options["merge_mode"]
    if mode is None:
        return (y, y_rev, *ends, *ends_rev)
    merge, equation, meaning = _MERGES[mode]
    what = "What both directions say about this step" if y.timed else "The last state of each direction"
    band = output_band(use.name, y.timed, equation, f"{what}, {meaning}.")
    outputs = tuple(
        use.build.let(band, merge(a, b), t if y.timed else None)
        for t, (a, b) in enumerate(zip(y.steps, y_rev.steps, strict=True))
    )
    return (Signal(outputs, y.timed, y.mask), *ends, *ends_rev)
