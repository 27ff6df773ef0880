"""Lines of numbers: one that does not count on as the others do, and what is described or picked twice."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.scanner import cut
from xlcheck.formulas.shapes import skeleton
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.offsets import offset, offset_on_sheet, run_from
from xlcheck.handmade.reading.precedents import Precedents

_PICKS = re.compile(r"\b(?:MID|INDEX|CHOOSE|OFFSET|LARGE|SMALL|[VH]LOOKUP)\(", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")
_PICKED = 4
"""Formulas in a line of which one may be odd."""
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


def picked_out_of_turn(table: CellTable) -> Iterator[str]:
    """Why a formula may pick the wrong part of what it reads: others in its row or column pick 1, 2, 4, and it 2 again.

    All read the same cells and differ in typed numbers alone, as `MID(A4,2,1)` does, each of which stays as it is or
    counts on but for one formula.

    Args:
        table: the cells.
    """
    lines: dict[object, list[Address]] = defaultdict(list)
    for cell, text in table.texts.items():
        if _PICKS.search(text):
            read = tuple(ref.area(cell[0]) for ref in cut(text).refs)
            for axis in (1, 2):
                lines[axis, cell[0], cell[axis], skeleton(text), read].append(cell)
    for cells in (sorted(own) for own in lines.values() if len(own) >= _PICKED):
        numbers = [[*map(float, _NUMBER.findall("#".join(cut(table.texts[cell]).between)))] for cell in cells]
        for slot in zip(*numbers, strict=False):
            for way in (0, 1):
                begins = Counter(number - way * n for n, number in enumerate(slot))
                odd = [n for n, number in enumerate(slot) if begins[number - way * n] == 1]
                # What ends a line may go on further: a column of a table that is left out.
                is_between = not way or 0 < odd[0] < len(slot) - 1 or slot.count(slot[odd[0]]) > 1 if odd else False
                if len(begins) == 2 and len(odd) == 1 and is_between:
                    yield f"{show(cells[odd[0]])} picks {slot[odd[0]]:g}, and others in line with it say otherwise"


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
