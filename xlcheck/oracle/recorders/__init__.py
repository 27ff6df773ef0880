"""What a layer's call means in quantities: `RECORDERS` has a row for each kind of layer."""

from __future__ import annotations

from xlcheck.errors import OracleError
from xlcheck.layers import LAYERS
from xlcheck.model.layer_options import CONVOLUTIONS, OPERATIONS, SEPARABLE
from xlcheck.oracle.recorders import attention, outputs, recurrent, wrappers
from xlcheck.oracle.recorders.recorder import Recorder

_OWN: dict[str, Recorder] = {
    "SimpleRNN": recurrent.simple_rnn,
    "LSTM": recurrent.lstm,
    "GRU": recurrent.gru,
    "RNN": wrappers.rnn,
    "Bidirectional": wrappers.bidirectional,
    "TimeDistributed": wrappers.time_distributed,
    "Dense": outputs.dense,
    "EinsumDense": outputs.dense,
    **dict.fromkeys(CONVOLUTIONS, outputs.dense),
    **dict.fromkeys(SEPARABLE, outputs.separable),
    "Attention": attention.quantities,
    "AdditiveAttention": attention.quantities,
    "MultiHeadAttention": attention.multi_head,
    "Softmax": outputs.softmax,
    "ops.softmax": outputs.softmax,
    "ops.split": outputs.parts,
    **dict.fromkeys(("ops.var", "ops.std"), outputs.spread),
    "LayerNormalization": outputs.layer_normalization,
    "GroupNormalization": outputs.group_normalization,
}
# Of all other layers only the output is a quantity.
RECORDERS: dict[str, Recorder] = {kind: _OWN.get(kind, outputs.quantities) for kind in (*LAYERS, *OPERATIONS)}


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
