"""What a loss is: an equation for one step, in the words of the worksheets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xlcheck.graph.expressions import Expr, Ref
from xlcheck.graph.quantities import GraphBuilder


@dataclass(frozen=True)
class Loss:
    """One loss.

    Attributes:
        name: Keras's identifier.
        equation: in mathematical notation.
        meaning: one plain sentence.
        expr: (graph so far, target, output of the model) → the loss of one step.
    """

    name: str
    equation: str
    meaning: str
    expr: Callable[[GraphBuilder, Ref, Ref], Expr]
