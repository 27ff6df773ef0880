"""Binary cross-entropy: from the logit where Keras knows it, else from the clipped probability.

Source: `keras.ops.binary_crossentropy` with the TensorFlow backend.
"""

from __future__ import annotations

from xlcheck.graph.expressions import BinaryCrossentropy, Expr, Log, Ref, Sigmoid
from xlcheck.graph.quantities import GraphBuilder
from xlcheck.learning.losses.logits import clipped, logits_of, probability
from xlcheck.learning.losses.loss import FROM_LOGITS, Loss

_NAME = "binary_crossentropy"
_MEANING = "How wrong the answer is: 0 if it is certain and right, large if it is certain and wrong."


def _expr(build: GraphBuilder, y: Ref, p: Ref, has_logits: bool) -> Expr:
    z = logits_of(build, p) if has_logits else None
    if z is not None:
        return BinaryCrossentropy(y, probability(build, p, Sigmoid, z), z)
    return -(y * Log(clipped(p)) + (1 - y) * Log(1 - clipped(p)))


def _from_logits(build: GraphBuilder, y: Ref, z: Ref, has_logits: bool) -> Expr:
    known = logits_of(build, z) if has_logits else None
    if known is None:
        return BinaryCrossentropy(y, Sigmoid(z), z)
    # Keras looks behind the activation.
    return BinaryCrossentropy(y, probability(build, z, Sigmoid, known), known)


BINARY_CROSSENTROPY = Loss(_NAME, "−(target · ln y + (1 − target) · ln(1 − y))", _MEANING, _expr)
BINARY_CROSSENTROPY_FROM_LOGITS = Loss(
    _NAME + FROM_LOGITS, "−(target · ln σ(z) + (1 − target) · ln(1 − σ(z)))", _MEANING, _from_logits
)
