"""SGD: each weight moves against its gradient; with momentum, it keeps a part of its last movement.

Source: `keras.optimizers.SGD`; Nesterov's form after Sutskever et al., "On the importance of
initialization and momentum in deep learning" (2013). Keras casts the momentum to single precision.
"""

from __future__ import annotations

from xlcheck.graph.expressions import Expr, Where
from xlcheck.learning.optimisers.optimiser import Exprs, Optimiser, Slot


def _straight(w: Expr, g: Expr, after: Exprs, s: Exprs) -> Expr:
    return w - s["learning_rate"] * g


def _slots(g: Expr, before: Exprs, s: Exprs) -> dict[str, Expr]:
    return {"m": before["m"] * s["momentum_single"] - g * s["learning_rate"]}


def _moved(w: Expr, g: Expr, after: Exprs, s: Exprs) -> Expr:
    m = after["m"]
    return w + Where(s["nesterov"], m * s["momentum_single"] - g * s["learning_rate"], m)


SGD = Optimiser(
    "SGD",
    {"learning_rate": 0.01, "momentum": 0.0, "nesterov": 0.0},
    (
        Slot(
            "m",
            "m",
            "The movement of this weight: a part of the last one, and a step against the gradient.",
            "momentum · m − learning rate · g",
        ),
    ),
    lambda settings: {},
    _slots,
    _moved,
    "w + m",
    "The weight moves downhill, against its gradient.",
)

PLAIN_SGD = Optimiser(
    "SGD",
    {"learning_rate": 0.01},
    (),
    lambda settings: {},
    lambda g, before, settings: {},
    _straight,
    "w − learning rate · ∂L/∂w",
    "The weight moves downhill, against its gradient.",
)
"""The same without momentum, for which Keras keeps nothing from step to step."""
