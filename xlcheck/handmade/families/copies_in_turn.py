"""Copies that stand in a line as what they repeat does: of those whose order is another one two were exchanged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.reading.cells import CellTable, show
from xlcheck.handmade.reading.offsets import offset, run_from
from xlcheck.handmade.reading.precedents import Precedents

_FEWEST = 3
"""Copies of a run."""
_Run = Sequence[tuple[Address, Address]]
"""Copies in a line, each with what it repeats; that stands in a line, too."""


def copied_out_of_turn(table: CellTable, precedents: Precedents) -> Iterator[str]:
    """Why copies may repeat one another's cells, in a sentence each: all other runs repeat a line in its order.

    Args:
        table: the cells.
        precedents: who reads what.
    """
    copies = {cell: own[0] for cell in table.texts if precedents.is_copy(cell) and (own := precedents.of(cell))}
    runs = [own for own in _runs(copies) if len(own) >= _FEWEST]
    odd = [own for own in runs if not _is_in_order(own)]
    if len(odd) == 1 and len(runs) > _FEWEST - 1:
        in_order = zip(odd[0], sorted(at for _, at in odd[0]), strict=True)
        cells = [cell for (cell, at), other in in_order if at != other]
        why = "they repeat cells in another order than others do"
        yield f"{show(cells[0])} and {show(cells[-1])} may be exchanged: {why}"


def _runs(copies: dict[Address, Address]) -> Iterator[_Run]:
    """Copies one behind the other of all the cells of a line, each once, whatever their order."""
    for step in ((1, 0), (0, 1)):
        for cell in copies:
            if offset(cell, step, -1) in copies:
                continue
            pairs = [(own, copies[own]) for own in run_from(cell, step, copies.__contains__)]
            for axis in (1, 2):
                for _, group in groupby(pairs, key=lambda own: (own[1][0], own[1][axis])):
                    run = [*group]
                    places = sorted(at[2] if axis == 1 else at[1] for _, at in run)
                    if places == [*range(places[0], places[0] + len(run))]:
                        yield run


def _is_in_order(run: _Run) -> bool:
    """Whether cells are repeated as they stand, from the first on or from the last."""
    read = [at for _, at in run]
    return read in (sorted(read), sorted(read, reverse=True))
