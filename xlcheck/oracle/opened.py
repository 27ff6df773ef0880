"""Layers that compute several things at once in Keras, told to do it one after the other, so that each can be noted."""

from __future__ import annotations

from typing import Any

import numpy as np


def open_loops(model: Any) -> None:
    """Let every recurrent layer call its cell for each step, never cuDNN's closed kernel, and keep no state."""
    open_attention(model)
    for layer in model._flatten_layers():
        if hasattr(layer, "use_cudnn"):
            layer.use_cudnn = False
        if hasattr(layer, "stateful"):
            layer.stateful = False


def open_attention(model: Any) -> bool:
    """Let every MultiHeadAttention compute scores and shares one after the other, as Keras does where some are dropped.

    On that way Keras takes 1/√units in single precision, also where it computes in double precision; here it is exact.

    Returns:
        Whether there is one.
    """
    found = [layer for layer in model._flatten_layers() if type(layer).__name__ == "MultiHeadAttention"]
    for layer in found:
        layer._dropout = layer._dropout or np.finfo(float).tiny  # nothing is dropped from what a trained model answers
        layer._inverse_sqrt_key_dim = np.float64(layer._inverse_sqrt_key_dim)
    return bool(found)
