"""What an optimiser is: settings, slots it keeps for each weight, and how a weight moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from xlcheck.graph.expressions import Expr

Exprs = Mapping[str, Expr]


@dataclass(frozen=True)
class Slot:
    """A number that an optimiser keeps for each weight from step to step; it starts at 0.

    Attributes:
        symbol: `m`, `v`.
        label: as a reader sees it.
        meaning: one plain sentence.
        equation: how it changes, with g for the gradient.
    """

    symbol: str
    label: str
    meaning: str
    equation: str


@dataclass(frozen=True)
class Optimiser:
    """One way of changing weights, with Keras's arithmetic.

    Attributes:
        name: Keras's class name.
        settings: Keras's default for each setting; flags are 0 or 1.
        shared: (settings) → what is computed once for all weights, by symbol.
        slots: (gradient, slots before, settings) → the slots after the step, by symbol.
        moved: (weight, gradient, slots after, settings and what is shared) → the new weight.
        equation: the new weight in mathematical notation.
        meaning: how the weight moves, in a sentence.
    """

    name: str
    settings: Mapping[str, float]
    kept: tuple[Slot, ...]
    shared: Callable[[Exprs], dict[str, Expr]]
    slots: Callable[[Expr, Exprs, Exprs], dict[str, Expr]]
    moved: Callable[[Expr, Expr, Exprs, Exprs], Expr]
    equation: str
    meaning: str
