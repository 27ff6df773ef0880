"""Binary cross-entropy, computed from the logit of a sigmoid as Keras's TensorFlow backend does."""

from __future__ import annotations

from xlcheck.graph.expressions import BinaryCrossentropy, Expr, Ref, Sigmoid
from xlcheck.graph.quantities import GraphBuilder
from xlcheck.losses.logits import logit
from xlcheck.losses.loss import Loss

_NAME = "binary_crossentropy"


def _expr(build: GraphBuilder, y: Ref, p: Ref) -> Expr:
    return BinaryCrossentropy(y, p, logit(build, _NAME, p, Sigmoid))


BINARY_CROSSENTROPY = Loss(
    _NAME,
    "−(y·ln p + (1−y)·ln(1−p))",
    "How wrong the answer is: 0 if it is certain and right, large if it is certain and wrong.",
    _expr,
)
