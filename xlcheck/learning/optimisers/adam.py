"""Adam: averages of the gradient and of its square decide direction and size of each step.

Source: `keras.optimizers.Adam`; Kingma and Ba, "Adam: a method for stochastic optimization" (2015), in
the form of the end of its section 2. Keras casts the betas to single precision before it raises them
to a power, and only there; ε stands outside the root.
"""

from __future__ import annotations

from xlcheck.graph.expressions import Expr, Power, Sqrt
from xlcheck.learning.optimisers.optimiser import Exprs, Optimiser, Slot


def _shared(s: Exprs) -> dict[str, Expr]:
    correction = Sqrt(1 - Power(s["beta_2_single"], s["iteration"])) / (1 - Power(s["beta_1_single"], s["iteration"]))
    return {"alpha": s["learning_rate"] * correction}


def _slots(g: Expr, before: Exprs, s: Exprs) -> dict[str, Expr]:
    return {
        "m": before["m"] + (g - before["m"]) * (1 - s["beta_1"]),
        "v": before["v"] + (g * g - before["v"]) * (1 - s["beta_2"]),
    }


def _moved(w: Expr, g: Expr, after: Exprs, s: Exprs) -> Expr:
    return w - after["m"] * s["alpha"] / (Sqrt(after["v"]) + s["epsilon"])


ADAM = Optimiser(
    "Adam",
    {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7},
    (
        Slot("m", "m", "A moving average of this weight's gradients: the direction.", "m + (g − m) · (1 − β₁)"),
        Slot("v", "v", "A moving average of their squares: how large they usually are.", "v + (g² − v) · (1 − β₂)"),
    ),
    _shared,
    _slots,
    _moved,
    "w − α · m / (√v + ε)",
    "The weight moves against the average of its gradients, divided by their usual size.",
)
