"""What a formula sees of its workbook while its value is worked out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from xlcheck.formulas.addresses import Range
from xlcheck.formulas.algebra import Address, Algebra
from xlcheck.formulas.scalars import Scalar
from xlcheck.formulas.tree import Node


@dataclass(frozen=True)
class Surroundings:
    """What a formula sees of its workbook.

    Attributes:
        algebra: makes the terms.
        scalar: the term or value of a cell.
        clip: a range cut to the part of its worksheet that is in use.
        spill: the range that a cell's array formula fills.
        names: what each defined name (in small letters) means.
        number_of: a scalar as a number in the saved workbook.
    """

    algebra: Algebra
    scalar: Callable[[Address], Scalar]
    clip: Callable[[Range], Range]
    spill: Callable[[Address], Range]
    names: Mapping[str, Node]
    number_of: Callable[[Scalar], float]
