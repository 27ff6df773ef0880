"""Activations that Keras has as layers behind weighted sums and not by a name: leaky ReLU of any slope, and steps.

They have names of their own here, and GELU by tanh, which is an operation with an option, has one, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isclose

from xlcheck.formulas.algebra import Expression, Function, Sum, Term

LEAK = 0.2
"""Keras's slope of `leaky_relu` below 0."""
_OTHER_LEAK = "LeakyReLU({:.12g})"
STEPS: Mapping[str, tuple[float, float]] = {
    "step above 0": (0.0, 0.0), "step from 0": (0.0, 1.0), "sign above 0": (-1.0, -1.0), "sign from 0": (-1.0, 1.0),
    "sign": (-1.0, 0.0),
}  # fmt: skip
"""Name → what a perceptron gives below 0 and at 0; above 0 it is 1."""
BY_TANH = "gelu by tanh"
"""GELU as most language models have it, which Keras calls its approximation."""
_GREATER, _OR_EQUAL = frozenset({">", ">="}), frozenset({">=", "<="})


def slope_below_0(name: str) -> float | None:
    """The slope below 0 of an activation that has one of 1 above it; None for others.

    Args:
        name: the activation's.
    """
    if name in {"relu", "leaky_relu"}:
        return LEAK if name == "leaky_relu" else 0.0
    return float(name[len("LeakyReLU(") : -1]) if name.startswith("LeakyReLU(") else None


def layers_behind(name: str) -> tuple[tuple[str, Mapping[str, object]], ...]:
    """The layers behind weighted sums that make an activation of them which no layer of Keras has as its own.

    Args:
        name: the activation's.

    Returns:
        Keras's class, or its operation, and the options of each; none for an activation that layers have.
    """
    if name in STEPS:
        below, at_zero = STEPS[name]
        step = ("ops.heaviside", {"x2": [(at_zero - below) / (1 - below)]})
        return (step, ("Rescaling", {"scale": 1 - below, "offset": below})) if below else (step,)
    if name == BY_TANH:
        return (("ops.gelu", {"approximate": True}),)
    slope = slope_below_0(name)
    return () if slope is None or name in {"relu", "leaky_relu"} else (("LeakyReLU", {"negative_slope": slope}),)


def leaking(term: Expression, x: Expression) -> str | None:
    """The name of a leaky ReLU by what it makes of a negative number: a part of it; None for anything else.

    Args:
        term: what it makes.
        x: the number.
    """
    if not isinstance(term, Sum) or not isinstance(x, Term):
        return None
    constant, parts = _parts(x)
    below = dict(term.parts)
    slope = below.get(parts[0][0], 0.0) / parts[0][1]
    is_part = 0 < slope < 1 and isclose(term.constant, slope * constant) and below.keys() == dict(parts).keys()
    if not is_part or not all(isclose(below[part], slope * factor) for part, factor in parts):
        return None
    return "leaky_relu" if isclose(slope, LEAK) else _OTHER_LEAK.format(slope)


def stepped(condition: Function, then: float, other: float) -> tuple[str, Expression] | None:
    """A step at 0, as in `IF(z > 0, 1, 0)`, and what it is of; a threshold in a cell is taken off, a typed one is none.

    Args:
        condition: the comparison.
        then: the number where it holds.
        other: the number where it does not.
    """
    left, right = condition.arguments
    at_zero = then if condition.name in _OR_EQUAL else other
    above, below = (then, other) if condition.name in _GREATER else (other, then)
    if above < below:
        left, right, above, below = right, left, below, above
    name = next((name for name, own in STEPS.items() if above == 1 and own == (below, at_zero)), None)
    total, parts = 0.0, dict[Term, float]()
    for side, sign in ((left, 1.0), (right, -1.0)):
        constant, own = _parts(side) if isinstance(side, Term) else (float(side), ())
        total += sign * constant
        for part, factor in own:
            parts[part] = parts.get(part, 0.0) + sign * factor
    if name is None or total or not parts:
        return None
    summands = tuple(parts.items())
    return name, summands[0][0] if summands[0][1] == len(summands) == 1 else Sum(-condition.number - 1, 0.0, summands)


def _parts(term: Term) -> tuple[float, tuple[tuple[Term, float], ...]]:
    """A term as a sum: its constant and its summands."""
    return (term.constant, term.parts) if isinstance(term, Sum) else (0.0, ((term, 1.0),))
