"""The optimisers' equations, one file each, and the step that they add to a graph with gradients."""

from __future__ import annotations

from xlcheck.errors import NotSupportedError
from xlcheck.optimisers.adam import ADAM
from xlcheck.optimisers.optimiser import Optimiser
from xlcheck.optimisers.rmsprop import RMSPROP
from xlcheck.optimisers.sgd import SGD

OPTIMISERS: dict[str, Optimiser] = {optimiser.name.lower(): optimiser for optimiser in (SGD, RMSPROP, ADAM)}


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
