"""Worksheets in pieces that nothing connects: networks side by side.

Where a mistake in one of them keeps the whole from being a textbook network, the others may still be looked at alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.accepting.acceptance import looks_like_a_network
from xlcheck.handmade.accepting.bench import excerpt
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import joined
from xlcheck.handmade.reading.sheet_groups import SheetGroup


def pieces(part: SheetGroup) -> Iterator[SheetGroup]:
    """The pieces of some worksheets that may be networks, if there are several, smallest first; each as worksheets."""
    found = connected(part)
    for own in found if len(found) > 1 else ():
        piece = alone(part, own)
        if looks_like_a_network(piece.table):
            yield piece


def connected(part: SheetGroup, *, through_numbers: bool = True) -> list[set[Address]]:
    """The formulas that read one another or the same cells, smallest group first.

    Args:
        part: the worksheets.
        through_numbers: whether typed numbers that several formulas read connect them as well.
    """
    texts, reads = part.table.texts, part.precedents.of
    pairs = ((cell, own) for own in texts for cell in (own, *reads(own)) if through_numbers or cell in texts)
    groups: dict[Address, set[Address]] = defaultdict(set)
    for cell, group in joined(pairs).items():
        groups[group] |= {cell} & texts.keys()
    return sorted(groups.values(), key=lambda own: (len(own), min(own)))


def alone(part: SheetGroup, own: Collection[Address]) -> SheetGroup:
    """Some formulas as worksheets of their own, with the cells that no other formula reads.

    Args:
        part: the worksheets.
        own: the formulas.
    """
    table = part.table
    read = {cell for formula in own for cell in part.precedents.of(formula)}
    others = {cell for formula in table.texts if formula not in own for cell in part.precedents.of(formula)}
    kept = {cell for cell in table.addresses if cell in own or (cell not in table.texts and cell not in others - read)}
    new, values = excerpt(table, part.values, kept, ())
    return SheetGroup(part.sheets, new, values, Precedents(new))
