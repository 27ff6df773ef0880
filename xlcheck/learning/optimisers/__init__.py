"""The optimisers' equations, with Keras's arithmetic; `step` adds one step to a graph with gradients.

Sources: `keras.optimizers`. SGD in Nesterov's form is that of Sutskever et al., "On the importance of initialization
and momentum in deep learning" (2013), with the momentum in single precision. RMSprop is not centred, without momentum;
its ε stands inside the root. Adam is Kingma and Ba, "Adam: a method for stochastic optimization" (2015), in the form of
the end of its section 2, with ε outside the root; the betas are single precision where they are raised to a power.
"""

from __future__ import annotations

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import Expr, Power, Sqrt, Where
from xlcheck.learning.optimisers.optimiser import Exprs, Optimiser, Slot


def _straight(w: Expr, g: Expr, after: Exprs, s: Exprs) -> Expr:
    return w - s["learning_rate"] * g


def _momentum(g: Expr, before: Exprs, s: Exprs) -> dict[str, Expr]:
    return {"m": before["m"] * s["momentum_single"] - g * s["learning_rate"]}


def _with_momentum(w: Expr, g: Expr, after: Exprs, s: Exprs) -> Expr:
    m = after["m"]
    return w + Where(s["nesterov"], m * s["momentum_single"] - g * s["learning_rate"], m)


SGD = Optimiser(
    "SGD",
    {"learning_rate": 0.01, "momentum": 0.0, "nesterov": 0.0},
    (
        Slot("m", "m", "The movement of this weight: a part of the last one, and a step against the gradient.",
             "momentum · m − learning rate · g"),
    ),
    lambda settings: {},
    _momentum,
    _with_momentum,
    "w + m",
    "The weight moves downhill, against its gradient.",
)  # fmt: skip

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


def _rmsprop_slots(g: Expr, before: Exprs, s: Exprs) -> dict[str, Expr]:
    return {"v": s["rho"] * before["v"] + (1 - s["rho"]) * (g * g)}


def _rmsprop_moved(w: Expr, g: Expr, after: Exprs, s: Exprs) -> Expr:
    return w - s["learning_rate"] * g / Sqrt(after["v"] + s["epsilon"])


RMSPROP = Optimiser(
    "RMSprop",
    {"learning_rate": 0.001, "rho": 0.9, "epsilon": 1e-7},
    (Slot("v", "v", "How large the squared gradients of this weight have been lately.", "ρ · v + (1 − ρ) · g²"),),
    lambda settings: {},
    _rmsprop_slots,
    _rmsprop_moved,
    "w − learning rate · g / √(v + ε)",
    "The weight moves against its gradient, in steps of about equal size whether the slope is steep or flat.",
)


def _adam_shared(s: Exprs) -> dict[str, Expr]:
    correction = Sqrt(1 - Power(s["beta_2_single"], s["iteration"])) / (1 - Power(s["beta_1_single"], s["iteration"]))
    return {"alpha": s["learning_rate"] * correction}


def _adam_slots(g: Expr, before: Exprs, s: Exprs) -> dict[str, Expr]:
    return {
        "m": before["m"] + (g - before["m"]) * (1 - s["beta_1"]),
        "v": before["v"] + (g * g - before["v"]) * (1 - s["beta_2"]),
    }


def _adam_moved(w: Expr, g: Expr, after: Exprs, s: Exprs) -> Expr:
    return w - after["m"] * s["alpha"] / (Sqrt(after["v"]) + s["epsilon"])


ADAM = Optimiser(
    "Adam",
    {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7},
    (
        Slot("m", "m", "A moving average of this weight's gradients: the direction.", "m + (g − m) · (1 − β₁)"),
        Slot("v", "v", "A moving average of their squares: how large they usually are.", "v + (g² − v) · (1 − β₂)"),
    ),
    _adam_shared,
    _adam_slots,
    _adam_moved,
    "w − α · m / (√v + ε)",
    "The weight moves against the average of its gradients, divided by their usual size.",
)

OPTIMISERS: dict[str, Optimiser] = {optimiser.name.lower(): optimiser for optimiser in (SGD, RMSPROP, ADAM)}

STEPS: dict[str, Optimiser] = {
    "sgd": PLAIN_SGD, "sgd with momentum": SGD, "rmsprop": RMSPROP, "adam": ADAM,
}  # fmt: skip
"""What can make one step of any model."""


def optimiser_named(name: str) -> Optimiser:
    """The optimiser with this name, in small letters or as Keras writes it.

    Raises:
        NotSupportedError: xlcheck does not know it.
    """
    try:
        return OPTIMISERS[name.lower()]
    except KeyError:
        names = ", ".join(optimiser.name for optimiser in OPTIMISERS.values())
        raise NotSupportedError(f"the optimiser {name!r} is not supported; supported are {names}") from None
