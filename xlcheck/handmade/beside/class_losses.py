"""The loss of a class that is typed as a number: −ln of the share of just that class, whichever is typed there.

Of two classes there may be a single share o, that of the class 1; the other one is 1 − o.
"""

from __future__ import annotations

import math
from collections.abc import Collection

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.forms.functions import each_leaf_above, number_under
from xlcheck.handmade.reading.cell_terms import CellTerms

_MOST = 30
"""Classes of a softmax that somebody computes by hand."""
_CLOSE = 1e-9
_FIRST = (0, 1)
"""The number of the first class."""


def class_loss(
    cell: Address, terms: CellTerms, results: Collection[Address]
) -> tuple[list[Address], Address, Address] | None:
    """The shares of a sample, the one of the class that is typed today, and where that is typed.

    None if a formula gives the logarithm of another share for one of the classes, or something else.

    Args:
        cell: the formula.
        terms: what each formula computes.
        results: the cells that hold what layers give.
    """
    shares, others = list[Address](), list[Address]()
    for own in each_leaf_above(cell, terms, results):
        (shares if own in results else others).append(own)
        if len(shares) > _MOST or len(others) > 1:
            return None  # most formulas are no such loss, and have a long history
    if not shares or not others:
        return None
    shares.sort()
    if len(shares) > 1 and not math.isclose(sum(map(terms.number, shares)), 1, rel_tol=_CLOSE):
        return None  # those of several classes are none without a softmax
    (typed,) = others
    tried = {share: (number + 1.2) / (len(shares) + 2) for number, share in enumerate(shares)}
    wanted = [math.log(own) for own in tried.values()]
    if len(shares) == 1:
        wanted = [math.log1p(-own) for own in tried.values()] + wanted
    for first in _FIRST if len(shares) > 1 else _FIRST[:1]:
        given = [number_under(cell, {**tried, typed: float(first + number)}, terms) for number in range(len(wanted))]
        is_loss = any(all(abs(a - sign * b) <= _CLOSE for a, b in zip(given, wanted, strict=True)) for sign in (1, -1))
        number = terms.number(typed) - first
        if is_loss and number in range(len(wanted)):
            return shares, shares[int(number) % len(shares)], typed
    return None
