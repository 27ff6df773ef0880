"""Categorical cross-entropy: from the logits where Keras knows them, else from clipped probabilities.

Source: `keras.ops.categorical_crossentropy` with the TensorFlow backend.
"""

from __future__ import annotations

from xlcheck.graph.expressions import CategoricalCrossentropy, Expr, Log, Ref, Softmax, Sum
from xlcheck.graph.quantities import GraphBuilder
from xlcheck.learning.losses.logits import clipped, logits_of, probability
from xlcheck.learning.losses.loss import FROM_LOGITS, Loss

_NAME = "categorical_crossentropy"
_MEANING = "How wrong the answer is: 0 if it is certain and right, large if it is certain and wrong."


def _expr(build: GraphBuilder, y: Ref, p: Ref, has_logits: bool) -> Expr:
    z = logits_of(build, p) if has_logits else None
    if z is not None:
        return CategoricalCrossentropy(y, probability(build, p, Softmax, z), z)
    return -Sum(y * Log(clipped(p / Sum(p))))


def _from_logits(build: GraphBuilder, y: Ref, z: Ref, has_logits: bool) -> Expr:
    known = logits_of(build, z) if has_logits else None
    if known is None:
        return CategoricalCrossentropy(y, Softmax(z), z)
    # Keras looks behind the activation.
    return CategoricalCrossentropy(y, probability(build, z, Softmax, known), known)


CATEGORICAL_CROSSENTROPY = Loss(_NAME, "−Σ target · ln y", _MEANING, _expr, totals=True)
CATEGORICAL_CROSSENTROPY_FROM_LOGITS = Loss(
    _NAME + FROM_LOGITS, "−Σ target · ln softmax(z)", _MEANING, _from_logits, totals=True
)
