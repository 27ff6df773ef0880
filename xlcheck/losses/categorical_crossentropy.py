"""Categorical cross-entropy, computed from the logits of a softmax as Keras's TensorFlow backend does."""

from __future__ import annotations

from xlcheck.graph.expressions import CategoricalCrossentropy, Expr, Ref, Softmax
from xlcheck.graph.quantities import GraphBuilder
from xlcheck.losses.logits import logit
from xlcheck.losses.loss import Loss

_NAME = "categorical_crossentropy"


def _expr(build: GraphBuilder, y: Ref, p: Ref) -> Expr:
    return CategoricalCrossentropy(y, p, logit(build, _NAME, p, Softmax))


CATEGORICAL_CROSSENTROPY = Loss(
    _NAME,
    "−Σ y·ln p",
    "How wrong the answer is: 0 if it is certain and right, large if it is certain and wrong.",
    _expr,
)
