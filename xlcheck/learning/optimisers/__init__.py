"""The optimisers' equations, one file each, and the step that they add to a graph with gradients."""

from __future__ import annotations

from xlcheck.errors import NotSupportedError
from xlcheck.learning.optimisers.adam import ADAM
from xlcheck.learning.optimisers.optimiser import Optimiser
from xlcheck.learning.optimisers.rmsprop import RMSPROP
from xlcheck.learning.optimisers.sgd import PLAIN_SGD, SGD

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
