"""Attention, AdditiveAttention and MultiHeadAttention: scores, shares and output, from Keras's own call."""

from __future__ import annotations

from typing import Any

from xlcheck.arrays import Array
from xlcheck.oracle.noted import LayerCall
from xlcheck.oracle.recorders.recorder import Recorded, array, exactly


def quantities(call: LayerCall) -> Recorded:
    """Of each step of the query `scores`, `shares` and `y`; `raw` before scores are weighed, `seen` after some are not.

    Of `raw` and `seen` only those that the layer's options and masks make.
    """
    (softmax,) = exactly(call.named("softmax"), 1, call, "softmax")
    recorded = {"shares": array(softmax.result), "y": array(_output(call))}
    if getattr(call.layer, "concat_score_weight", None) is not None:
        recorded["raw"] = array(exactly(call.named("sum"), 1, call, "sum")[0].result)
    elif type(call.layer).__name__ == "Attention" and call.layer.scale is not None:
        recorded["raw"] = array(exactly(call.named("matmul"), 2, call, "matmul")[0].result)
    lowered = [event for event in call.events[: call.events.index(softmax)] if event.name == "where"]
    if not lowered:
        return {"scores": array(softmax.args[0]), **recorded}
    (lowering,) = exactly(lowered, 1, call, "where")
    return {"scores": array(lowering.args[2]), "seen": array(lowering.result), **recorded}


def multi_head(call: LayerCall) -> Recorded:
    """`query.y` and the like, `scores_1`, `shares_1` of the first head, `heads` side by side, `y`; `looks`, `seen_1`.

    The last two only where masks make them.
    """
    recorded = {
        f"{inner.layer.name}.y": _folded(inner.result)
        for inner in call.calls
        if inner.layer in (call.layer.query_dense, call.layer.key_dense, call.layer.value_dense)
    }
    softmaxes = [inner for inner in call.calls if type(inner.layer).__name__ == "Softmax"]
    (softmax,) = exactly(softmaxes, 1, call, "softmax")
    scores, shares = array(softmax.args[0]), array(softmax.result)
    if lowered := call.named("where"):
        seen, scores, shares = scores, array(lowered[0].args[1]), array(lowered[-1].result) if lowered[1:] else shares
        recorded["looks"] = array(lowered[0].args[0])[:, 0]
        recorded |= {f"seen_{head + 1}": seen[:, head] for head in range(scores.shape[1])}
    for head in range(scores.shape[1]):
        recorded |= {f"scores_{head + 1}": scores[:, head], f"shares_{head + 1}": shares[:, head]}
    _, weighed = exactly(call.named("einsum"), 2, call, "einsum")
    if isinstance(call.result, tuple):
        recorded["all_shares"] = shares.reshape(*shares.shape[:2], -1)
    return recorded | {"heads": _folded(weighed.result), "y": array(_output(call))}


def _output(call: LayerCall) -> Any:
    """What was found, without the shares that are called attention scores."""
    return call.result[0] if isinstance(call.result, tuple) else call.result


def _folded(tensor: Any) -> Array:
    """Heads side by side, `(samples, timesteps, heads · units)`."""
    values = array(tensor)
    return values.reshape(*values.shape[:2], -1)
