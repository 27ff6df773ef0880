"""Numbers that two blocks share, though another one stands where that of the second block would, as in a third one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.scanner import cut
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.offsets import Offset, are_in_line, offset, offset_between
from xlcheck.handmade.reading.precedents import Precedents

_LEAST = 2
"""Formulas of a block that read the number of another one."""


def numbers_of_others(table: CellTable, reads: Precedents, agreeing: Collection[Address]) -> Iterator[str]:
    """Why formulas that agree may be meant to read another typed number, as the rate of their own training.

    They are filled from the formulas of another block but for that number, which has its own place beside each.

    Args:
        table: all cells.
        reads: who reads what.
        agreeing: the formula cells that agree.
    """
    readers: dict[Address, list[Address]] = defaultdict(list)
    for cell in agreeing:
        for area in reads.ranges(cell):
            read = area.sheet, area.top, area.left
            if area.size == 1 and table.is_number(read):
                readers[read].append(cell)
    shared = {number: own for number, own in readers.items() if len(own) >= 2 * _LEAST}
    for number, cells in sorted(shared.items()):
        value = table.typed_numbers[number]
        for other, its in sorted(table.typed_numbers.items()):
            if other not in readers and other != number and its != value and are_in_line(number, other):
                by = offset_between(number, other)
                attesting = [readers.get(offset(number, by, times), ()) for times in (-1, 2)]
                if not any(attesting):
                    continue  # blocks may well share a number, unless a third one has its own
                own = [cell for cell in cells if _is_copy(table, offset(cell, by, -1), cell, by, number)]
                if len(own) >= _LEAST:
                    why = f"{show(other)} stands in its place there, and is not read"
                    yield f"{show(min(own))} reads {show(number)}; {why}"


def _is_copy(table: CellTable, source: Address, cell: Address, by: Offset, number: Address) -> bool:
    """Whether a formula is another one that was moved with all that it reads, but for a number that both read."""
    if source not in table.texts:
        return False
    ours, theirs = cut(table.texts[source]), cut(table.texts[cell])
    pairs = [*zip(ours.refs, theirs.refs, strict=False)] if ours.between == theirs.between else []
    stays = [a.area(cell[0]).size == 1 and (a.area(cell[0]).sheet, a.top, a.left) == number for a, _ in pairs]
    moved = [a.shifted(by, by) for a, _ in pairs]
    is_moved = [m is not None and m[:6] == b[:6] for m, (_, b) in zip(moved, pairs, strict=True)]
    as_it_was = [a[:6] == b[:6] for a, b in pairs]
    return (
        any(stays)
        and any(is_moved)
        and all(same if own else (go or same) for own, go, same in zip(stays, is_moved, as_it_was, strict=True))
    )
