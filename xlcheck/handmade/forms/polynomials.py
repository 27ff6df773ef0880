"""Atoms, the numbers that formulas compute with, and polynomials over them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TypeVar

from xlcheck.formulas.algebra import Address

Atom = tuple[str, int, int, int]
"""A cell with 0, a part of its formula with a number from 1, or the negative of its number with −1."""
Factor = TypeVar("Factor", bound="tuple[str | int, ...]")
"""An atom, or a cell."""
Monomial = tuple[Atom, ...]
"""Factors in order."""
Polynomial = Mapping[Monomial, float]
"""Monomial → coefficient; the empty monomial is a number."""

NEGATIVE = -1
"""The part of a cell that is the negative of its number, as a threshold is that a sum has subtracted."""


def atom_of(cell: Address) -> Atom:
    """A cell as an atom."""
    return (*cell, 0)


def negative_of(atom: Atom) -> Atom:
    """The negative of a given number.

    Args:
        atom: the number.
    """
    return (*cell_of(atom), NEGATIVE)


def cell_of(atom: Atom) -> Address:
    """The cell of an atom, or the one whose formula it is a part of."""
    return atom[:3]


def times(
    one: Mapping[tuple[Factor, ...], float], other: Mapping[tuple[Factor, ...], float]
) -> dict[tuple[Factor, ...], float]:
    """The product of two polynomials.

    Args:
        one: the first.
        other: the second.
    """
    total: dict[tuple[Factor, ...], float] = defaultdict(float)
    for a, x in one.items():
        for b, y in other.items():
            total[tuple(sorted(a + b))] += x * y
    return total


def is_several_times(polynomial: Polynomial) -> bool:
    """Whether a polynomial is several times another one, or a part of it, as `2.5*x + 2.5*y` is.

    Args:
        polynomial: the polynomial.
    """
    sizes = {abs(size) for size in polynomial.values()}
    return len(sizes) == 1 and sizes != {1.0}
