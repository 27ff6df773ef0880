"""Choices by blank cells: what a formula would give if something stood there was compared with nothing.

`IF(Z1=0,…,5)` with an empty Z1 is right, and another formula as soon as somebody types there. A choice that gives the
same either way, as `IF(H11="",0,H11)` before the first step, is none.
"""

from __future__ import annotations

from collections.abc import Set

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.algebra import COMPARISONS, Address, Expression, Function, Leaf, Term, number_of, subterms
from xlcheck.handmade.networks.value_index import same
from xlcheck.handmade.reading.cell_terms import leaves

_TRIES = 8


def chooses_by_blank(term: Term, with_numbers: Term | None, blanks: Set[Address]) -> bool:
    """Whether a formula chooses by blank cells what it gives.

    Args:
        term: what it computes where these cells are blank.
        with_numbers: what it computes where numbers stand there; None if nobody knows.
        blanks: these cells.
    """
    if with_numbers is None:
        return True
    now = _values(term, blanks)
    if not same(_values(with_numbers, blanks), now).all():
        return True
    functions = [own for own in subterms(with_numbers) if isinstance(own, Function)]
    conditions = [own.arguments[0] for own in functions if own.name == "IF"]
    asked = dict.fromkeys([*(own for own in functions if own.name in COMPARISONS), *conditions])
    by_blank = [own for own in asked if isinstance(own, Term) and not blanks.isdisjoint(leaves(own))]
    return any(not same(_values(with_numbers, blanks, other_way=own), now).all() for own in by_blank)


def _values(term: Expression, blanks: Set[Address], other_way: Term | None = None) -> Array:
    """What a term gives where numbers are drawn for its cells, and 0 for blank ones.

    Args:
        term: the term.
        blanks: the blank cells.
        other_way: a condition that goes the other way.
    """

    def value(number: int) -> float:
        def given(own: Term) -> float | None:
            if own is other_way:
                return float(not number_of(own, leaf))
            return leaf(own)

        def leaf(own: Term) -> float | None:
            if not isinstance(own, Leaf):
                return None
            seed = (number, own.cell[1], own.cell[2])
            return 0.0 if own.cell in blanks else float(np.random.default_rng(seed).uniform(-1.0, 1.0))

        return number_of(term, given)

    return np.array([value(number) for number in range(_TRIES)])
