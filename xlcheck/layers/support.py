"""What is supported, as a Markdown table made from the code that supports it."""

from __future__ import annotations

from xlcheck.layers import LAYERS
from xlcheck.layers.activations import ACTIVATIONS
from xlcheck.layers.time_distributed import PER_STEP
from xlcheck.model.layer_options import OPTIONS, LayerOptions

# What the names of options do not say.
_REMARKS = {
    "SimpleRNN": "`initial_state` from another layer; masks",
    "LSTM": "`initial_state` from another layer; masks",
    "GRU": "`initial_state` from another layer; masks",
    "Bidirectional": "of SimpleRNN, LSTM and GRU with all their options",
    "TimeDistributed": f"of {', '.join(sorted(PER_STEP))}",
    "Softmax": "over the last axis",
    "LayerNormalization": "over the last axis",
    "BatchNormalization": "over the last axis, as trained",
    "Normalization": "over the last axis",
    "Concatenate": "features side by side, or sequences one after the other",
    "Multiply": "of inputs with one mask or none",
    "Maximum": "of inputs with one mask or none",
    "Minimum": "of inputs with one mask or none",
}


def support_table() -> str:
    """Layers × options in Markdown, then the activations; vectors and sequences of vectors are what flows."""
    lines = ["| layer | options that change the numbers | only with | remarks |", "|---|---|---|---|"]
    for kind in LAYERS:
        lines.append(f"| {kind} | {_options(OPTIONS[kind])} | {_fixed(OPTIONS[kind])} | {_REMARKS.get(kind, '')} |")
    names = ", ".join(f"`{name}`" for name in ACTIVATIONS)
    return "\n".join([*lines, "", f"Activations: {names}."]) + "\n"


def _options(options: LayerOptions) -> str:
    return ", ".join(f"`{name}`" for name in (*options.kept, *options.optional))


def _fixed(options: LayerOptions) -> str:
    return ", ".join(f"`{name}={value!r}`" for name, value in options.fixed.items())
