"""What a layer's call means in quantities: one file for each kind of layer; `RECORDERS` is the list."""

from __future__ import annotations

from xlcheck.errors import OracleError
from xlcheck.oracle.recorders import dense, lstm, simple_rnn
from xlcheck.oracle.recorders.recorder import Recorder

RECORDERS: dict[str, Recorder] = {
    "SimpleRNN": simple_rnn.quantities,
    "LSTM": lstm.quantities,
    "Dense": dense.quantities,
}


def recorder_of(kind: str, name: str) -> Recorder:
    """The function that reads a layer's quantities from what Keras computed.

    Raises:
        OracleError: there is none for this kind of layer.
    """
    try:
        return RECORDERS[kind]
    except KeyError:
        raise OracleError(
            f"layer {name!r}: nothing is known of what Keras computes inside {kind}; "
            f"known are {', '.join(sorted(RECORDERS))}"
        ) from None
