"""Keras's activations as expressions: name → function of the pre-activation.

Source: `keras.activations`. TensorFlow rounds some constants to single precision even where it
computes in double precision; `single` marks them, because a workbook that used the exact constant
would differ from Keras in the eighth digit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from xlcheck.errors import NotSupportedError
from xlcheck.frozen import dataclass
from xlcheck.graph.evaluate import value_of
from xlcheck.graph.expressions import (
    Abs,
    Exp,
    Expm1,
    Expr,
    Greater,
    LogSumExp,
    Maximum,
    Minimum,
    NormalCdf,
    Ref,
    Relu,
    Sigmoid,
    Softmax,
    Softplus,
    Sqrt,
    Tanh,
    Where,
    lift,
)
from xlcheck.model.layer_options import HARD_SIGMOID_KERAS2


@dataclass(frozen=True)
class Activation:
    """An activation: its expression, and how an equation on a worksheet writes it.

    Attributes:
        apply: pre-activation → expression.
        notation: the function's name in an equation (`tanh`, `σ`).
        meaning: what it does to a number, in a few words.
        looks_at_all: whether it looks at all units of a vector; else it takes each number by itself.
    """

    apply: Callable[[Expr], Expr]
    notation: str
    meaning: str
    looks_at_all: bool = False


_SIX = 6.0


def single(value: float) -> float:
    """The nearest single-precision number."""
    return float(np.float32(value))


def clip(x: Expr, low: float, high: float) -> Expr:
    """X, but not below `low` and not above `high`."""
    return Minimum(Maximum(x, lift(low)), lift(high))


def relu(x: Expr, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Expr:
    """Keras's `relu` with all its options: x above the threshold, capped, and a slope below it."""
    positive: Expr = Relu(x) if threshold == 0 else Where(Greater(x, lift(single(threshold))), x, lift(0.0))
    if max_value == _SIX and threshold == 0:
        positive = relu6(x)
    elif max_value is not None:
        positive = clip(positive, 0.0, single(max_value))
    if negative_slope == 0:
        return positive
    if max_value is None and threshold == 0:
        return positive + single(negative_slope) * Minimum(x, lift(0.0))
    return positive + negative_slope * Minimum(lift(0.0), x - threshold)


def elu(x: Expr, alpha: float = 1.0) -> Expr:
    """X above 0, α(e^x − 1) below."""
    curve = Expm1(Minimum(x, lift(0.0)))
    return Relu(x) + (curve if alpha == 1 else alpha * curve)


def selu(x: Expr) -> Expr:
    """`elu` with fixed factors, whose slope at 0 is that of the upper part."""
    return _SELU_SCALE * (Maximum(x, lift(0.0)) + _SELU_ALPHA * Expm1(Minimum(lift(0.0), x)))


def celu(x: Expr, alpha: float = 1.0) -> Expr:
    """Like `elu` with e^(x/α), which makes the slope at 0 continuous."""
    return Maximum(x, lift(0.0)) + alpha * Expm1(Minimum(x, lift(0.0)) / alpha)


def hard_sigmoid(x: Expr) -> Expr:
    """A straight line from 0 at −3 to 1 at 3."""
    return relu6(x + 3) / 6


def relu6(x: Expr) -> Expr:
    """X between 0 and 6, at both of which Keras's slope is 0."""
    return Minimum(lift(_SIX), Relu(x))


def gelu(x: Expr, approximate: bool = False) -> Expr:
    """X times the normal distribution function of x, or its approximation by tanh."""
    if approximate:
        return 0.5 * x * (1 + Tanh(math.sqrt(2 / math.pi) * (x + single(0.044715) * (x * x * x))))
    return x * NormalCdf(math.sqrt(2) * single(math.sqrt(0.5)) * x)


def shrink(x: Expr, threshold: float = 0.5) -> Expr:
    """Keras's `hard_shrink`: x outside ±threshold, 0 inside."""
    return Where(Greater(Abs(x), lift(threshold)), x, lift(0.0))


_SELU_ALPHA = 1.6732632423543772
_SELU_SCALE = 1.0507009873554805

ACTIVATIONS: dict[str, Activation] = {
    "linear": Activation(lambda x: x, "", "is passed on unchanged"),
    "tanh": Activation(Tanh, "tanh", "is squeezed between −1 and 1"),
    "sigmoid": Activation(Sigmoid, "σ", "is squeezed between 0 and 1"),
    "softmax": Activation(Softmax, "softmax", "becomes a probability; all of them add up to 1", True),
    "log_softmax": Activation(
        lambda x: x - LogSumExp(x), "log softmax", "becomes the logarithm of a probability", True
    ),
    "hard_sigmoid": Activation(hard_sigmoid, "hard σ", "is squeezed between 0 and 1 along a straight line"),
    "relu": Activation(relu, "relu", "is kept if it is positive, else replaced by 0"),
    "relu6": Activation(relu6, "relu6", "is kept between 0 and 6, else cut off there"),
    "leaky_relu": Activation(
        lambda x: relu(x, negative_slope=0.2), "leaky relu", "is kept if it is positive, else multiplied by 0.2"
    ),
    "elu": Activation(elu, "elu", "is kept if it is positive, else bent towards −1"),
    "celu": Activation(celu, "celu", "is kept if it is positive, else bent towards −1"),
    "selu": Activation(selu, "selu", "is stretched a little if it is positive, else bent"),
    "softplus": Activation(Softplus, "softplus", "is made positive by a smooth bend"),
    "softsign": Activation(lambda x: x / (1 + Abs(x)), "softsign", "is squeezed between −1 and 1, slowly"),
    "exponential": Activation(Exp, "exp", "becomes the exponent of e"),
    "silu": Activation(lambda x: x * Sigmoid(x), "silu", "is multiplied by its own sigmoid"),
    "hard_silu": Activation(lambda x: x * hard_sigmoid(x), "hard silu", "is multiplied by its own hard sigmoid"),
    "gelu": Activation(gelu, "gelu", "is multiplied by the probability that a normal variable is smaller"),
    "mish": Activation(lambda x: x * Tanh(Softplus(x)), "mish", "is multiplied by the tanh of its softplus"),
    "log_sigmoid": Activation(lambda x: -Softplus(-x), "log σ", "becomes the logarithm of its sigmoid"),
    "hard_tanh": Activation(lambda x: clip(x, -1.0, 1.0), "hard tanh", "is cut off at −1 and 1"),
    "tanh_shrink": Activation(lambda x: x - Tanh(x), "tanh shrink", "loses its own tanh"),
    "hard_shrink": Activation(shrink, "hard shrink", "is replaced by 0 between −0.5 and 0.5"),
    "soft_shrink": Activation(
        lambda x: Relu(x - 0.5) - Relu(-x - 0.5), "soft shrink", "moves towards 0 by 0.5, and not across it"
    ),
    "sparse_sigmoid": Activation(
        lambda x: Minimum(lift(1.0), Maximum(lift(0.0), 0.5 * (x + 1))), "sparse σ",
        "is squeezed between 0 and 1 along a straight line",
    ),
    "sparse_plus": Activation(
        lambda x: Where(Greater(lift(1.0), x), 0.25 * (Relu(x + 1) * Relu(x + 1)), x),
        "sparse plus", "is replaced by 0 up to −1, bent up to 1, then kept",
    ),
    "squareplus": Activation(lambda x: (x + Sqrt(x * x + 4)) / 2, "squareplus", "is made positive by a smooth bend"),
}  # fmt: skip
FORMER: dict[str, Activation] = {
    HARD_SIGMOID_KERAS2: Activation(
        lambda x: clip(0.2 * x + 0.5, 0.0, 1.0), "hard σ", "is squeezed between 0 and 1 along a straight line"
    )
}
"""Activations that Keras had: worksheets still have them. The gates of an LSTM were such until Keras 2.3."""


def activation(layer: str, name: str) -> Activation:
    """The activation with Keras's name.

    Raises:
        NotSupportedError: xlcheck does not know it.
    """
    found = (ACTIVATIONS.get(name) or FORMER.get(name)) if isinstance(name, str) else None  # a file may say anything
    if found is None:
        raise NotSupportedError(
            f"layer {layer!r}: activation {name!r} is not supported; supported are {', '.join(sorted(ACTIVATIONS))}"
        )
    return found


@lru_cache
def activation_function(name: str) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """An activation that takes each number by itself, as a function of numbers."""
    expression = activation("", name).apply(Ref("x"))
    return lambda z: np.asarray(value_of(expression, {"x": z[:, None]})[:, 0])
