"""What Keras takes a cross-entropy of: the logits if it knows them, else probabilities that it clips.

Source: `keras.ops.binary_crossentropy` and its categorical siblings with the TensorFlow backend, Keras 3.15. An
activation leaves its input, the logits, on the tensor that it returns; a tensor made from that one has them no more.
"""

from __future__ import annotations

from collections.abc import Callable

from xlcheck.graph.expressions import Const, Expr, Maximum, Minimum, Ref, Sigmoid, Softmax, Unary
from xlcheck.graph.quantities import GraphBuilder

EPSILON = 1e-7
"""Keras's `config.epsilon()`."""


def by_logits(
    loss: Callable[[Ref, Expr, Expr], Expr], activation: type[Unary], otherwise: Callable[[Ref, Ref], Expr]
) -> Callable[[GraphBuilder, Ref, Ref, bool], Expr]:
    """The equation of a loss that Keras takes of logits wherever it finds them behind the model's output.

    Args:
        loss: makes it of the target, the probability and the logits.
        activation: what makes probabilities of logits.
        otherwise: makes it of the target and an output that has no logits.
    """

    def expr(build: GraphBuilder, y: Ref, p: Ref, has_logits: bool) -> Expr:
        logits = _logits_of(build, p) if has_logits else None
        return otherwise(y, p) if logits is None else loss(y, _probability(build, p, activation, logits), logits)

    return expr


def clipped(p: Expr) -> Expr:
    """A probability kept away from 0 and 1, as Keras does before it takes the logarithm."""
    return Minimum(Maximum(p, Const(EPSILON)), Const(1.0 - EPSILON))


def _logits_of(build: GraphBuilder, p: Ref) -> Expr | None:
    """What the sigmoid or softmax that gave `p` was applied to; None if `p` comes from something else.

    Keras asks for no certain activation: it takes the logits of a softmax for a binary cross-entropy, too.
    """
    expr = build.expr(p)
    while isinstance(expr, Ref):  # handed on by a layer that only acts during training
        expr = build.expr(expr)
    return expr.x if isinstance(expr, Sigmoid | Softmax) else None


def _probability(build: GraphBuilder, p: Ref, activation: type[Unary], logits: Expr) -> Expr:
    """The probability that belongs to the logits: `p` itself, unless another activation made it."""
    expr = build.expr(p)
    while isinstance(expr, Ref):
        expr = build.expr(expr)
    return p if isinstance(expr, activation) else activation(logits)
