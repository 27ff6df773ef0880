"""Samples that are windows of a series, each one number behind the one before it."""

from __future__ import annotations

from collections.abc import Container, Iterator
from functools import partial
from itertools import pairwise, zip_longest

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.reading import Reading
from xlcheck.handmade.forms.polynomials import cell_of
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.offsets import offset, offset_on_sheet, run_from

_FEW = 3
"""Samples that show how far the next one is."""
_NONE: Address = ("", 0, 0)


def ahead_of_windows(reading: Reading, table: CellTable, read: Container[Address]) -> Iterator[Address]:
    """The numbers of a series behind its last window, which nobody reads: they are what is forecast.

    Only if each window reads all numbers from its first to its last one, and all of them in the same order: what one
    should read and does not is none of these.

    Args:
        reading: a layer that reads inputs.
        table: the cells.
        read: the cells that formulas read.
    """
    slots = [[reading.layer.slots[step] for step in document] for document in reading.documents]
    places = [[cell_of(own[f]) for own in steps for f in reading.features if f in own] for steps in slots]
    pairs = [pair for two in pairwise(places) for pair in zip_longest(*two, fillvalue=_NONE)]
    away = {offset_on_sheet(one, other) for one, other in pairs}
    by = away.pop() if len(away) == 1 and len(places) >= _FEW else None
    if by is None or sorted(map(abs, by)) != [0, 1]:
        return
    ends = [cell for cell in places[-1] if offset(cell, by) not in places[-1]]
    lines = {(cell[0], cell[1] if by[0] == 0 else cell[2]) for cell in places[-1]}
    if len(ends) != len(lines) or len({*places[-1]}) < len(places[-1]) or len(ends) == len(places[-1]):
        return
    for last in ends:
        goes_on = partial(_goes_on, last, table, read)
        yield from run_from(last, by, goes_on)[1:]


def _goes_on(cell: Address, table: CellTable, read: Container[Address], other: Address) -> bool:
    """Whether another cell, which nobody reads, holds what a cell does: a number, or the formula that was filled on."""
    if other in read:
        return False
    if table.is_formula(cell):
        return table.is_formula(other) and table.fills(cell, other)
    return table.is_number(cell) and table.is_number(other)
