"""The gradient of a weight as it is used, and the numbers that an optimiser keeps of it from step to step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import Address
from xlcheck.handmade.backward.coefficients import Coefficient
from xlcheck.handmade.backward.quantities import Quantity

PENALTIES: Mapping[str, tuple[str, Callable[[Array], Array], Callable[[Array], Array]]] = {
    "L2": ("w²", lambda w: w, lambda w: w**2 / 2),
    "L1": ("|w|", np.sign, np.abs),
}
"""Penalty for large weights, as Keras calls it → what is added up, its slope, and how much of it goes with that."""


@dataclass(frozen=True)
class Pull:
    """The gradient of a weight as it is used.

    Attributes:
        name: as the sheet's quantities are named.
        values: under all settings.
        factor: how the sheet counts the gradient in it, such as half of it or its mean.
        rule: what was done to it, the same for all weights that are treated alike.
    """

    name: str
    values: Array
    factor: float = 1.0
    rule: tuple[str | float, ...] = ()


@dataclass(frozen=True)
class Slot:
    """A number that an optimiser keeps of a weight.

    Attributes:
        cell: where it stands after the step.
        kind: `sum`, a share of what was kept and the gradient; `average`, the rest of the share of it; or `movement`,
            a step along it.
        power: 1, or 2 where squares are kept.
        share: of what was kept before.
        factor: how the sheet counts the gradient, such as half of it or its mean; 1 for a movement.
        rate: how far a movement goes along the gradient; None for others.
        pull: the gradient.
        values: what it should hold.
        rule: the same for all weights that are treated alike.
        before: where it stood before the step; None in a first step whose formula leaves the 0 out that was kept.
    """

    cell: Address
    kind: str
    power: int
    share: Coefficient
    factor: float
    rate: Coefficient | None
    pull: Pull
    values: Array
    rule: tuple[str | float, ...]
    before: Address | None = None

    @property
    def quantity(self) -> Quantity:
        """What it holds."""
        sign = "" if self.kind != "movement" else "movement by "
        return Quantity(f"{sign}{self.kind} of {self.pull.name}{'²' if self.power == 2 else ''}", self.values)
