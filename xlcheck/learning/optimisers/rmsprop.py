"""RMSprop: each step is divided by the size that the weight's gradients have had lately.

Source: `keras.optimizers.RMSprop`, without momentum and not centred: the small number ε stands inside the root.
"""

from __future__ import annotations

from xlcheck.graph.expressions import Expr, Sqrt
from xlcheck.learning.optimisers.optimiser import Exprs, Optimiser, Slot


def _slots(g: Expr, before: Exprs, s: Exprs) -> dict[str, Expr]:
    return {"v": s["rho"] * before["v"] + (1 - s["rho"]) * (g * g)}


def _moved(w: Expr, g: Expr, after: Exprs, s: Exprs) -> Expr:
    return w - s["learning_rate"] * g / Sqrt(after["v"] + s["epsilon"])


RMSPROP = Optimiser(
    "RMSprop",
    {"learning_rate": 0.001, "rho": 0.9, "epsilon": 1e-7},
    (Slot("v", "v", "How large the squared gradients of this weight have been lately.", "ρ · v + (1 − ρ) · g²"),),
    lambda settings: {},
    _slots,
    _moved,
    "w − learning rate · g / √(v + ε)",
    "The weight moves against its gradient, in steps of about equal size whether the slope is steep or flat.",
)
