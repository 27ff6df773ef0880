"""Cells that seem wrong, but do what others do of which nothing is known, or which only stand beside the layers."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.shapes import shape_of
from xlcheck.handmade.accepting.summary import Abstention
from xlcheck.handmade.reading.cells import show
from xlcheck.handmade.reading.offsets import are_in_line
from xlcheck.handmade.reading.sheet_groups import SheetGroup

_SEVERAL = 2


def unknown_kin(part: SheetGroup, roots: Collection[Address], left: Iterable[Abstention]) -> str | None:
    """Why a formula may be right that seems wrong; None if nothing says so.

    It was filled from others, or they from it, and nobody knows what these compute; so it is none of a layer that they
    do not belong to. Or these are in line with it and need no verdict, as results that are shown rounded. Or it reads
    one that is not blamed, and that all other copies of its worksheet have otherwise.

    Args:
        part: the worksheets.
        roots: the cells that seem wrong.
        left: the cells without a verdict.
    """
    texts = part.table.texts
    odd = part.as_in_copies.keys() - {*roots}
    for root in sorted(cell for cell in roots if cell not in part.as_in_copies):
        for read in part.precedents.of(root):
            if read in odd:
                return f"{show(root)} reads {show(read)}, which all other copies of its worksheet have otherwise"
    matters = {cell: own.matters for own in left for cell in own.cells if cell in texts and cell not in roots}
    for root in sorted(cell for cell in roots if cell in texts):
        shape = shape_of(texts[root], *root[1:])
        kin = [cell for cell, is_unknown in matters.items() if cell[0] == root[0] and texts[cell] != texts[root]
               and (is_unknown or are_in_line(cell, root)) and shape_of(texts[cell], *cell[1:]) == shape]  # fmt: skip
        if len(kin) >= _SEVERAL:
            what = "of which nothing is known" if any(map(matters.get, kin)) else "which stand beside the layers"
            return f"{show(root)} does what {show(min(kin))} and others do, {what}"
    return None
