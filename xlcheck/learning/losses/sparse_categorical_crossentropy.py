"""Sparse categorical cross-entropy: the target is the number of the right class, counted from 0.

Source: `keras.ops.sparse_categorical_crossentropy` with the TensorFlow backend. Where Keras knows no logits it
clips the probabilities, and takes their logarithms as logits.
"""

from __future__ import annotations

from xlcheck.graph.expressions import Expr, Log, Ref, Softmax, SparseCategoricalCrossentropy
from xlcheck.graph.quantities import GraphBuilder
from xlcheck.learning.losses.logits import clipped, logits_of, probability
from xlcheck.learning.losses.loss import FROM_LOGITS, Loss

_NAME = "sparse_categorical_crossentropy"
_MEANING = "How wrong the answer is: 0 if the right class is certain, large if another one is."


def _expr(build: GraphBuilder, y: Ref, p: Ref, has_logits: bool) -> Expr:
    z = logits_of(build, p) if has_logits else None
    if z is not None:
        return SparseCategoricalCrossentropy(y, probability(build, p, Softmax, z), z)
    log_p = Log(clipped(p))
    return SparseCategoricalCrossentropy(y, Softmax(log_p), log_p)


def _from_logits(build: GraphBuilder, y: Ref, z: Ref, has_logits: bool) -> Expr:
    known = logits_of(build, z) if has_logits else None
    if known is None:
        return SparseCategoricalCrossentropy(y, Softmax(z), z)
    # Keras looks behind the activation.
    return SparseCategoricalCrossentropy(y, probability(build, z, Softmax, known), known)


SPARSE_CATEGORICAL_CROSSENTROPY = Loss(_NAME, "−ln y of the right class", _MEANING, _expr, codes=True)
SPARSE_CATEGORICAL_CROSSENTROPY_FROM_LOGITS = Loss(
    _NAME + FROM_LOGITS, "−ln softmax(z) of the right class", _MEANING, _from_logits, codes=True
)
