"""Formulas that only make what a network is given: they look something up, or scale it; they get no verdict.

So they must be nothing more than that. A formula that multiplies cells, or computes from one judged cell for another,
may be a layer that nobody recognised; and one that is filled otherwise than those beside it, or reads an empty cell
where they read numbers, may look up the wrong thing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.scanner import cut
from xlcheck.formulas.shapes import skeleton
from xlcheck.handmade.acceptance import LIKE_A_NETWORK
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.precedents import Precedents

_MULTIPLIES = re.compile(r"[#)] *\* *[#(A-Z]|[0-9)] *\* *\(.*#.*[-+*].*#", re.IGNORECASE)
_OPERATES = re.compile(r"[-+*/^<>]|=")
_LOOKS_UP = re.compile(r"\b(?:INDEX|OFFSET|[VHX]?LOOKUP|CHOOSE|INDIRECT)\(", re.IGNORECASE)
_LINE = 3
"""Formulas in a line that have to be alike before another one among them is odd."""
_MOST = 2_000


def feeders(
    table: CellTable, precedents: Precedents, judged: Collection[Address], others: Collection[Address]
) -> list[Address]:
    """The formula cells without a verdict that lead to cells with one, in the order of the workbook.

    Args:
        table: the cells.
        precedents: who reads what.
        judged: the cells that have a verdict.
        others: the formula cells that have none.
    """
    found: set[Address] = set()
    stack = [*judged]
    while stack:
        new = {cell for cell in precedents.of(stack.pop()) if cell in others} - found
        found |= new
        stack += new
    return [cell for cell in table.texts if cell in found]


def against(
    table: CellTable, precedents: Precedents, made: Sequence[Address], judged: Collection[Address]
) -> Iterator[str]:
    """Why formulas that lead to judged ones may be more than preparation, or prepare the wrong thing.

    Args:
        table: the cells.
        precedents: who reads what.
        made: these formulas.
        judged: the cells that have a verdict.
    """
    computing = [cell for cell in made if _computes(cell, table, precedents, judged)]
    if computing:
        more = f" and {len(computing) - 1} more" if len(computing) > 1 else ""
        yield f"{show(computing[0])}{more} compute what the network is given, and it was not recognised how"
    looked_up = [cell for cell in judged if _LOOKS_UP.search(table.texts.get(cell, ""))]
    kept = sorted({*made, *looked_up} - {*computing})
    yield from (why for cell in kept if (why := _odd(cell, kept, table)) is not None)


def _computes(cell: Address, table: CellTable, precedents: Precedents, judged: Collection[Address]) -> bool:
    text = skeleton(table.texts[cell])
    between = any(other in judged for other in precedents.of(cell))
    return bool(LIKE_A_NETWORK.search(text) or _MULTIPLIES.search(text) or (between and _OPERATES.search(text)))


def _odd(cell: Address, made: Sequence[Address], table: CellTable) -> str | None:
    """Why a formula may prepare the wrong thing: those in line with it do otherwise, all alike."""
    for axis in (1, 2):
        line = [c for c in made if c[0] == cell[0] and c[axis] == cell[axis] and c != cell][:_MOST]
        if len(line) >= _LINE and len({cut(table.texts[other]).between for other in line}) == 1:
            if cut(table.texts[cell]).between != cut(table.texts[line[0]]).between:
                return f"{show(cell)} prepares an input otherwise than the {len(line)} formulas in line with it"
            if _reads_nothing(cell, table) and not all(_reads_nothing(other, table) for other in line):
                return f"{show(cell)} prepares an input from an empty cell, unlike formulas in line with it"
    return None


def _reads_nothing(cell: Address, table: CellTable) -> bool:
    """Whether a formula names an empty cell, or a range with one."""
    areas = [ref.area(cell[0]) for ref in cut(table.texts[cell]).refs]
    return any((a.sheet, *place) not in table.index for a in areas if a.size <= _MOST for place in a.cells())
