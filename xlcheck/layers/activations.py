"""Keras's activations as expressions: name → function of the pre-activation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xlcheck.errors import NotSupportedError
from xlcheck.graph.expressions import Expr, Sigmoid, Softmax, Tanh


@dataclass(frozen=True)
class Activation:
    """An activation: its expression, and how an equation on a worksheet writes it.

    Attributes:
        apply: pre-activation → expression.
        notation: the function's name in an equation (`tanh`, `σ`).
        meaning: what it does to a number, in a few words.
    """

    apply: Callable[[Expr], Expr]
    notation: str
    meaning: str


ACTIVATIONS: dict[str, Activation] = {
    "linear": Activation(lambda x: x, "", "is passed on unchanged"),
    "tanh": Activation(Tanh, "tanh", "is squeezed between −1 and 1"),
    "sigmoid": Activation(Sigmoid, "σ", "is squeezed between 0 and 1"),
    "softmax": Activation(Softmax, "softmax", "becomes a probability; all of them add up to 1"),
}


def activation(layer: str, name: str) -> Activation:
    """The activation with Keras's name.

    Raises:
        NotSupportedError: xlcheck does not know it.
    """
    try:
        return ACTIVATIONS[name]
    except KeyError:
        raise NotSupportedError(
            f"layer {layer!r}: activation {name!r} is not supported; supported are {', '.join(sorted(ACTIVATIONS))}"
        ) from None
