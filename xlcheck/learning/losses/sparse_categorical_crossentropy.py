"""Sparse categorical cross-entropy: the target is the number of the right class, counted from 0.

Source: `keras.ops.sparse_categorical_crossentropy` with the TensorFlow backend. Where Keras knows no logits it
clips the probabilities, and takes their logarithms as logits.
"""

from __future__ import annotations

from xlcheck.graph.expressions import Expr, Log, Ref, Softmax, SparseCategoricalCrossentropy
from xlcheck.learning.losses.logits import by_logits, clipped
from xlcheck.learning.losses.loss import FROM_LOGITS, Loss

_NAME = "sparse_categorical_crossentropy"
_MEANING = "How wrong the answer is: 0 if the right class is certain, large if another one is."


def _of_logits(y: Ref, z: Expr) -> Expr:
    return SparseCategoricalCrossentropy(y, Softmax(z), z)


SPARSE_CATEGORICAL_CROSSENTROPY = Loss(
    _NAME,
    "−ln y of the right class",
    _MEANING,
    by_logits(SparseCategoricalCrossentropy, Softmax, lambda y, p: _of_logits(y, Log(clipped(p)))),
    codes=True,
)
SPARSE_CATEGORICAL_CROSSENTROPY_FROM_LOGITS = Loss(
    _NAME + FROM_LOGITS,
    "−ln softmax(z) of the right class",
    _MEANING,
    by_logits(SparseCategoricalCrossentropy, Softmax, _of_logits),
    codes=True,
)
