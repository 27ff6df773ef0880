"""The steps of optimisers as textbooks, courses and PyTorch write them, for numbers under many settings at once.

Where these differ from Keras: momentum is kept as a sum or an average of gradients (PyTorch, Kingma and Ba), and the
rate multiplies it afterwards, or as a movement that contains the rate (Polyak 1964, Sutskever et al. 2013, Keras); ε
stands beside the root (Adam, PyTorch) or under it (Keras's RMSprop and AdaGrad, Duchi, Hazan and Singer 2011); and
averages that began at 0 are made up for in cells of their own, where Keras shortens the rate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xlcheck.arrays import Array

KINDS = ("sum", "average", "movement")
"""What is kept of gradients, or of their squares."""


def kept(kind: str, before: Array, gradient: Array, share: Array, rate: Array) -> Array:
    """What is kept after a step.

    Args:
        kind: of `KINDS`.
        before: what was kept before.
        gradient: of the weight, or its square.
        share: of what was kept; 1 for AdaGrad's sum.
        rate: the learning rate, of a movement.
    """
    part: Array = {"sum": np.ones(1), "average": 1 - share, "movement": -rate}[kind]
    return np.asarray(share * before + part * gradient)


def along(kind: str, weight: Array, after: Array, rate: Array) -> Array:
    """The weight that moves by what is kept after the step: momentum."""
    return np.asarray(weight + after if kind == "movement" else weight - rate * after)


def ahead(kind: str, weight: Array, gradient: Array, after: Array, share: Array, rate: Array) -> Array:
    """The same in Nesterov's form, as Keras and PyTorch have it."""
    if kind == "movement":
        return np.asarray(weight + share * after - rate * gradient)
    part = 1 - share if kind == "average" else 1.0
    return np.asarray(weight - rate * (part * gradient + share * after))


@dataclass(frozen=True)
class Root:
    """The usual size of a gradient, by which a step is divided.

    Attributes:
        squares: what is kept of the squared gradients.
        epsilon: so that nothing is divided by 0.
        inside: whether ε stands under the root.
    """

    squares: Array
    epsilon: Array
    inside: bool

    @property
    def size(self) -> Array:
        """The divisor."""
        with np.errstate(all="ignore"):
            return np.asarray(
                np.sqrt(self.squares + self.epsilon) if self.inside else np.sqrt(self.squares) + self.epsilon
            )


def scaled(weight: Array, pull: Array, root: Root, rate: Array) -> Array:
    """The weight that moves by its gradient, or an average of it, over the root: AdaGrad, RMSprop, Adam."""
    with np.errstate(all="ignore"):
        return np.asarray(weight - rate * pull / root.size)
