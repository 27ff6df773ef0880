"""What the terms of a measure say: what is compared in them, in which shares, and what is left to one."""

from __future__ import annotations

import math
from collections.abc import Iterator

from xlcheck.formulas.algebra import Address, Expression, Function, Leaf, Sum

_CLOSE = 1e-9
"""How far a share may be from that of a whole number."""


def compared_in(term: Function) -> Iterator[Expression]:
    """What the largest of several is, be it written as that of two and more, or of the highest and minus the least.

    Args:
        term: a call of MAX or MIN.
    """
    for own in term.arguments:
        match own:
            case Function(name=name) if name == term.name:
                yield from compared_in(own)
            case Sum(constant=0.0, parts=((Function(name=name) as inner, -1.0),)) if {name, term.name} == {
                "MAX",
                "MIN",
            }:
                yield from compared_in(inner)
            case _:
                yield own


def is_fair(share: float, count: int) -> bool:
    """Whether measures of so many results are added up, or their mean is taken, or half of one: none is left out.

    Args:
        share: with which each of them counts.
        count: how many results there are.
    """
    if abs(share) >= 1:
        return math.isfinite(share)
    parts = 1 / abs(share) if share else math.inf
    if not math.isfinite(parts):
        return False
    whole = round(parts)
    return abs(parts - whole) < _CLOSE and (count % whole == 0 or (whole % 2 == 0 and count % (whole // 2) == 0))


def remainder(term: Expression) -> Address | None:
    """The cell of which 1 − it is; None if it is something else.

    Args:
        term: a term.
    """
    match term:
        case Sum(constant=1.0, parts=((Leaf() as leaf, -1.0),)):
            return leaf.cell
    return None
