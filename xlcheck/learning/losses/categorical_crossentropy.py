"""Categorical cross-entropy: from the logits where Keras knows them, else from clipped probabilities.

Source: `keras.ops.categorical_crossentropy` with the TensorFlow backend.
"""

from __future__ import annotations

from xlcheck.graph.expressions import CategoricalCrossentropy, Log, Softmax, Sum
from xlcheck.learning.losses.logits import by_logits, clipped
from xlcheck.learning.losses.loss import FROM_LOGITS, Loss

_NAME = "categorical_crossentropy"
_MEANING = "How wrong the answer is: 0 if it is certain and right, large if it is certain and wrong."

CATEGORICAL_CROSSENTROPY = Loss(
    _NAME,
    "−Σ target · ln y",
    _MEANING,
    by_logits(CategoricalCrossentropy, Softmax, lambda y, p: -Sum(y * Log(clipped(p / Sum(p))))),
    totals=True,
)
CATEGORICAL_CROSSENTROPY_FROM_LOGITS = Loss(
    _NAME + FROM_LOGITS,
    "−Σ target · ln softmax(z)",
    _MEANING,
    by_logits(CategoricalCrossentropy, Softmax, lambda y, z: CategoricalCrossentropy(y, Softmax(z), z)),
    totals=True,
)
