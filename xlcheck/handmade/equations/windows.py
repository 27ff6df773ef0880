"""Samples that are windows of a series, each one number behind the one before it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from functools import partial
from itertools import pairwise, zip_longest

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.equations.reading import Reading
from xlcheck.handmade.forms.polynomials import cell_of
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.offsets import Offset, offset, offset_on_sheet, run_from
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached

_FEW = 3
"""Samples that show how far the next one is."""
_NONE: Address = ("", 0, 0)


def uneven_windows(reading: Reading) -> str | None:
    """Why a step of all samples may be another one: they are windows of a series, and leave a number of it out.

    Args:
        reading: a layer that reads inputs.
    """
    if reading.kind == "Dense" or _stride(_places(reading)) is None:  # lags may be any
        return None
    slots = [reading.layer.slots[step] for step in reading.documents[0]]
    for feature in reading.features:
        cells = [cell_of(own[feature]) for own in slots if feature in own]
        if len({offset_on_sheet(one, other) for one, other in pairwise(cells)}) > 1:
            return f"the windows from {show(cells[0])} on leave out a number of their series"
    return None


def ahead_of_windows(reading: Reading, table: CellTable, read: Container[Address]) -> Iterator[Address]:
    """The formulas that go on with a series behind its last window and that nobody reads: what is forecast, scaled.

    Only if each window reads all numbers from its first to its last one, and all of them in the same order: what one
    should read and does not is none of these. What they scale is read elsewhere, as a target is.

    Args:
        reading: a layer that reads inputs.
        table: the cells.
        read: the cells that formulas read.
    """
    places = _places(reading)
    by = _stride(places)
    if by is None or sorted(map(abs, by)) != [0, 1]:
        return
    ends = [cell for cell in places[-1] if offset(cell, by) not in places[-1]]
    lines = {(cell[0], cell[1] if by[0] == 0 else cell[2]) for cell in places[-1]}
    if len(ends) != len(lines) or len({*places[-1]}) < len(places[-1]) or len(ends) == len(places[-1]):
        return
    ahead = {last: offset(last, by) for last in filter(table.is_formula, ends)}
    if any(map(table.is_formula, ahead.values())):
        precedents = Precedents(table)
        for last in ahead:
            yield from run_from(last, by, partial(_goes_on, last, precedents, read))[1:]


def _places(reading: Reading) -> list[list[Address]]:
    """What each sample reads, in one order."""
    slots = [[reading.layer.slots[step] for step in document] for document in reading.documents]
    return [[cell_of(own[f]) for own in steps for f in reading.features if f in own] for steps in slots]


def _stride(places: Sequence[Sequence[Address]]) -> Offset | None:
    """How far each sample is behind the one before it, if that is the same for all that they read."""
    pairs = [pair for two in pairwise(places) for pair in zip_longest(*two, fillvalue=_NONE)]
    away = {offset_on_sheet(one, other) for one, other in pairs}
    return away.pop() if len(away) == 1 and len(places) >= _FEW else None


def _goes_on(cell: Address, precedents: Precedents, read: Container[Address], other: Address) -> bool:
    """Whether another cell, which nobody reads, has the formula that was filled on, of numbers that others read."""
    table = precedents.table
    if not table.is_formula(other) or other in read or not table.fills(cell, other):
        return False
    behind = {other, *reached([other], precedents.of)}  # also the mean of all, by which it is scaled
    own = {*precedents.of(other)} - {*precedents.of(cell)}
    return any(reader not in behind for number in own for reader in precedents.readers(number))
