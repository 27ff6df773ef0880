"""The input of the last activation, from which Keras's TensorFlow backend computes cross-entropies."""

from __future__ import annotations

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import Expr, Ref, Unary
from xlcheck.graph.quantities import GraphBuilder


def logit(build: GraphBuilder, loss: str, p: Ref, activation: type[Unary]) -> Expr:
    """What the activation that gave `p` was applied to.

    Raises:
        NotSupportedError: the output comes from another activation; Keras would clip it.
    """
    expr = build.expr(p)
    if not isinstance(expr, activation):
        raise NotSupportedError(
            f"loss {loss!r} needs an output layer with the activation {activation.__name__.lower()}"
        )
    return expr.x
