"""Lines of numbers: a typed one that does not count on as the others do, and ranges that are described twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.scanner import cut
from xlcheck.formulas.shapes import skeleton
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.offsets import offset, offset_on_sheet, run_from
from xlcheck.handmade.reading.precedents import Precedents

_COUNTED = 6
"""Numbers of a line that count on by no chance, as data may."""
_MOST = 1_000
"""Cells of a range that are looked at, each by itself."""


def counted_out_of_turn(table: CellTable, precedents: Precedents) -> Iterator[str]:
    """Why a typed number may be wrong that formulas read: all others of its line count on, and it does not.

    Args:
        table: the cells.
        precedents: who reads what.
    """
    for step in ((1, 0), (0, 1)):
        for first in sorted(cell for cell in table.typed_numbers if offset(cell, step, -1) not in table.typed_numbers):
            run = run_from(first, step, table.typed_numbers.__contains__)
            begins = [table.typed_numbers[cell] - number for number, cell in enumerate(run)]
            odd = [n for n, own in enumerate(begins) if own != begins[0]]
            if len(odd) == 1 and len(run) > _COUNTED and odd[0] + 1 < len(run) and precedents.readers(run[odd[0]]):
                yield f"{show(run[odd[0]])} does not count on, as all other numbers of its line do"


def described_twice(table: CellTable) -> Iterator[str]:
    """Why a formula may describe the wrong numbers: another one in line with it describes just these.

    In its own place, as far away as the two are from each other, stand formulas of the same kind. A range that is fixed
    was meant twice.

    Args:
        table: the cells.
    """
    same: dict[str, list[Address]] = defaultdict(list)
    for cell, text in table.texts.items():
        if any(ref.kind == "range" and not ref.fixed for ref in cut(text).refs):
            same[text].append(cell)
    for text, cells in same.items():
        for one, other in pairwise(sorted(cells)):
            by = offset_on_sheet(one, other)
            areas = [ref.area(one[0]) for ref in cut(text).refs if ref.kind == "range"]
            own = [(area.sheet, *place) for area in areas if area.size <= _MOST for place in area.cells()]
            kinds = {cell: skeleton(table.texts[cell]) for cell in own if cell in table.texts}
            meant = [] if by is None or 0 not in by or len(kinds) < len(own) else [offset(cell, by) for cell in own]
            if meant and all(skeleton(table.texts.get(m, "")) == kinds[c] for m, c in zip(meant, own, strict=True)):
                yield f"{show(other)} describes what {show(one)} does, and not the numbers from {show(meant[0])} on"
