"""Numbers that two blocks share, though another one stands where that of the second block would, as in a third one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.scanner import cut
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.offsets import Offset, are_in_line, offset, offset_between
from xlcheck.handmade.reading.precedents import Precedents

_LEAST, _MOST = 2, 2_000
"""Formulas of a block that read the number of another one; and cells of a range that are looked at one by one."""


def numbers_of_others(table: CellTable, reads: Precedents, agreeing: Collection[Address]) -> Iterator[str]:
    """Why formulas that agree may be meant to read another typed number, as the rate of their own training.

    They are filled from the formulas of another block but for that number, which has its own place beside each.

    Args:
        table: all cells.
        reads: who reads what.
        agreeing: the formula cells that agree.
    """
    readers, read = defaultdict[Address, list[Address]](list), set[Address]()
    for cell in agreeing:
        for area in reads.ranges(cell):
            own = area.sheet, area.top, area.left
            read.update((area.sheet, *place) for place in (area.cells() if area.size <= _MOST else ()))
            if area.size == 1 and table.is_number(own):
                readers[own].append(cell)
    shared = {number: own for number, own in readers.items() if len(own) >= 2 * _LEAST}
    for number, cells in sorted(shared.items()):
        value = table.typed_numbers[number]
        for other, its in sorted(table.typed_numbers.items()):
            if other not in read and its != value and are_in_line(number, other):
                by = offset_between(number, other)
                own_block = [cell for cell in cells if _reads_the_same(table, cell, by, number)]
                if len(own_block) >= _LEAST:
                    why = f"{show(other)} stands in its place there, and is not read"
                    yield f"{show(min(own_block))} reads {show(number)}; {why}"


def _reads_the_same(table: CellTable, cell: Address, by: Offset, number: Address) -> bool:
    """Whether a formula is that of another block, moved, but for a number of that block; and a third block has its own.

    Args:
        table: all cells.
        cell: the formula.
        by: how far its block is away from the other one.
        number: the number that both read.
    """
    source = offset(cell, by, -1)
    if not _is_moved(table, source, cell, by, number, goes_along=False):
        return False
    others = ((offset(source, by, times), (by[0] * times, by[1] * times)) for times in (-1, 2))
    return any(_is_moved(table, source, place, away, number, goes_along=True) for place, away in others)


def _is_moved(
    table: CellTable, source: Address, cell: Address, by: Offset, number: Address, *, goes_along: bool
) -> bool:
    """Whether a formula is another one so far away: what it reads goes along or stays, a number as is said."""
    if not {source, cell} <= table.texts.keys():
        return False
    ours, theirs = cut(table.texts[source]), cut(table.texts[cell])
    if ours.between != theirs.between:
        return False
    goes, reads_it = False, False
    for a, b in zip(ours.refs, theirs.refs, strict=True):
        moved, area = a.shifted(by, by), a.area(source[0])
        is_moved = moved is not None and moved[:6] == b[:6]
        is_number = area.size == 1 and (area.sheet, area.top, area.left) == number
        if not (is_moved if is_number and goes_along else is_moved or a[:6] == b[:6]):
            return False
        if is_number and not goes_along and a[:6] != b[:6]:
            return False
        goes, reads_it = goes or (is_moved and not is_number), reads_it or is_number
    return goes and reads_it
