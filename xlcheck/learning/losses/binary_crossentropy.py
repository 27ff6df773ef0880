"""Binary cross-entropy: from the logit where Keras knows it, else from the clipped probability.

Source: `keras.ops.binary_crossentropy` with the TensorFlow backend.
"""

from __future__ import annotations

from xlcheck.graph.expressions import BinaryCrossentropy, Log, Sigmoid
from xlcheck.learning.losses.logits import by_logits, clipped
from xlcheck.learning.losses.loss import FROM_LOGITS, Loss

_NAME = "binary_crossentropy"
_MEANING = "How wrong the answer is: 0 if it is certain and right, large if it is certain and wrong."

BINARY_CROSSENTROPY = Loss(
    _NAME,
    "−(target · ln y + (1 − target) · ln(1 − y))",
    _MEANING,
    by_logits(BinaryCrossentropy, Sigmoid, lambda y, p: -(y * Log(clipped(p)) + (1 - y) * Log(1 - clipped(p)))),
)
BINARY_CROSSENTROPY_FROM_LOGITS = Loss(
    _NAME + FROM_LOGITS,
    "−(target · ln σ(z) + (1 − target) · ln(1 − σ(z)))",
    _MEANING,
    by_logits(BinaryCrossentropy, Sigmoid, lambda y, z: BinaryCrossentropy(y, Sigmoid(z), z)),
)
