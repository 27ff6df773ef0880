"""A `$` too few or too many: formulas filled from a right one in which a reference moves, or stays, by mistake."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.scanner import Ref
from xlcheck.formulas.shapes import operands, with_operand

_SIDES = (("top", "bottom"), ("left", "right"))
"""The first and the last row of a range, and its columns."""


def with_other_dollars(texts: Mapping[Address, str], weights: Collection[Address]) -> Iterator[dict[Address, str]]:
    """The formulas that change if a reference stays where that of the first one is, or moves with its formula.

    A reference does so in its rows or in its columns; those to weights also stay all together.

    Args:
        texts: the formulas, without `=`, that were filled from the first one.
        weights: cells that seem to be weights.
    """
    (cell, first), *_ = texts.items()
    refs = operands(first)
    own = set(weights)
    areas = [ref.area(cell[0]) for ref in refs]
    of_weights = [
        number for number, area in enumerate(areas)
        if area.size <= len(own) and all((area.sheet, *place) in own for place in area.cells())
    ]  # fmt: skip
    ways: list[tuple[Collection[int], Collection[int], bool]] = [
        ([number], [axis], moves) for number, axis, moves in itertools.product(range(len(refs)), (0, 1), (False, True))
    ]
    for numbers, axes, moves in (*ways, (of_weights, (0, 1), False)):
        changed: dict[Address, str] = {}
        for other, text in texts.items():
            new: str | None = text
            for number in numbers:
                away = [other[1] - cell[1], other[2] - cell[2]] if moves else [0, 0]
                first_corner, last_corner = _corners(refs[number], operands(text)[number], away, axes)
                new = None if new is None else with_operand(new, number, first_corner, last_corner)
            changed |= {other: new} if new is not None and new != text else {}
        if changed:
            yield changed


def _corners(
    first: Ref, ref: Ref, away: Collection[int], axes: Collection[int]
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Rows and columns from the corners of a reference to where those of the first formula have gone."""
    by = [
        [getattr(first, side) + far - getattr(ref, side) if axis in axes else 0 for side in sides]
        for axis, (sides, far) in enumerate(zip(_SIDES, away, strict=True))
    ]
    (top, bottom), (left, right) = by
    return (top, left), (bottom, right)
