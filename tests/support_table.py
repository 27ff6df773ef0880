"""What is supported, as a Markdown table made from the code that supports it."""

from __future__ import annotations

from xlcheck.layers import LAYERS, READ_IMAGES
from xlcheck.layers.activations import ACTIVATIONS
from xlcheck.layers.time_distributed import PER_STEP
from xlcheck.model.layer_options import OPERATIONS, OPTIONS, LayerOptions

# What the names of options do not say.
_REMARKS = {
    "SimpleRNN": "`initial_state` from another layer; masks",
    "LSTM": "`initial_state` from another layer; masks",
    "GRU": "`initial_state` from another layer; masks",
    "RNN": "of SimpleRNNCell, LSTMCell and GRUCell with all their options, or of several of them",
    "Bidirectional": "of SimpleRNN, LSTM, GRU and RNN with all their options",
    "EinsumDense": "over the last axes, one or several",
    "TimeDistributed": f"of {', '.join(sorted(PER_STEP))}, and of Sequential models of them",
    "IntegerLookup": "of up to 200 numbers, also as adapted",
    "Discretization": "also as adapted",
    "Softmax": "over the features or the time steps",
    "LayerNormalization": "over the last axis",
    "BatchNormalization": "over the last axis or `axis=1`, as trained",
    "GroupNormalization": "over the last axis",
    "RMSNormalization": "over the last axis",
    "UnitNormalization": "over the last axis",
    "Normalization": "over the last axis",
    "Concatenate": "features side by side, or sequences one after the other",
    "Attention": "masks; the last two in the call",
    "AdditiveAttention": "masks; the last two in the call",
    "MultiHeadAttention": "masks; `attention_mask` and the last two in the call",
    "Multiply": "of inputs with one mask or none",
    "Maximum": "of inputs with one mask or none",
    "Minimum": "of inputs with one mask or none",
}


def support_table() -> str:
    """Layers × options in Markdown, then the activations; vectors, sequences of vectors and images are what flows."""
    lines = ["| layer | options that change the numbers | only with | remarks |", "|---|---|---|---|"]
    for kind in LAYERS:
        remarks = [_REMARKS[kind]] if kind in _REMARKS else []
        if kind in READ_IMAGES and not kind.endswith("2D"):
            remarks.append("also of images")
        lines.append(f"| {kind} | {_options(OPTIONS[kind])} | {_fixed(OPTIONS[kind])} | {'; '.join(remarks)} |")
    names = ", ".join(f"`{name}`" for name in ACTIVATIONS)
    between = ", ".join(f"`{kind.removeprefix('ops.')}`" for kind in OPERATIONS)
    operations = (
        f"Between layers `x[:, -1]`, `x + y`, `x * array` and the like, and of `keras.ops` {between}; also of images."
    )
    return "\n".join([*lines, "", f"Activations: {names}.", "", operations]) + "\n"


def _options(options: LayerOptions) -> str:
    return ", ".join(f"`{name}`" for name in (*options.kept, *options.optional))


def _fixed(options: LayerOptions) -> str:
    return ", ".join(f"`{name}={value!r}`" for name, value in options.fixed.items())
