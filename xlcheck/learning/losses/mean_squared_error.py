"""Mean squared error: the average over the units of (p − y)²."""

from __future__ import annotations

from xlcheck.graph.expressions import Expr, Ref, Sum
from xlcheck.graph.quantities import GraphBuilder
from xlcheck.learning.losses.loss import Loss


def _expr(build: GraphBuilder, y: Ref, p: Ref, has_logits: bool) -> Expr:
    difference = p - y
    square = difference * difference
    units = build.shape(p)[-1]
    return square if units == 1 else Sum(square) / units


MEAN_SQUARED_ERROR = Loss(
    "mean_squared_error",
    "(y − target)², averaged over the units",
    "How far the answer lies from the target: 0 if it is right.",
    _expr,
)
