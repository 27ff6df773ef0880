"""What a loss is: an equation for one step, in the words of the worksheets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xlcheck.graph.expressions import Expr, Ref
from xlcheck.graph.quantities import GraphBuilder

FROM_LOGITS = "_from_logits"
"""What the identifier of a loss ends with here if Keras was told `from_logits=True`."""


@dataclass(frozen=True)
class Loss:
    """One loss.

    Attributes:
        name: Keras's identifier; see `FROM_LOGITS`.
        equation: in mathematical notation.
        meaning: one plain sentence.
        expr: (graph so far, target, output of the model, whether the output still has its logits) → the
            loss of one step.
        codes: whether the target is the number of a class, one for each step, and not one value for each unit.
        totals: whether the target's values must add up to 1 at each step.
    """

    name: str
    equation: str
    meaning: str
    expr: Callable[[GraphBuilder, Ref, Ref, bool], Expr]
    codes: bool = False
    totals: bool = False
