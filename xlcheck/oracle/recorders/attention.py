"""Attention and AdditiveAttention: scores, shares and output, from Keras's own call."""

from __future__ import annotations

from xlcheck.oracle.noted import LayerCall
from xlcheck.oracle.recorders.recorder import Recorded, array, exactly


def quantities(call: LayerCall) -> Recorded:
    """`scores` and `shares` of each step of the query, and `y`."""
    (softmax,) = exactly(call.named("softmax"), 1, call, "softmax")
    return {"scores": array(softmax.args[0]), "shares": array(softmax.result), "y": array(call.result)}
