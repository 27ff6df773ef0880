"""Series that go on with what is computed from their last numbers, as `=J21` below the numbers that windows read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.offsets import Offset, offset, offset_on_sheet, run_from
from xlcheck.handmade.reading.precedents import Precedents
from xlcheck.handmade.reading.reached import reached

_FEW = 2
"""Numbers of a series that are given, in the place of which other results are computed in the same way."""


def forecasts(table: CellTable, precedents: Precedents) -> Mapping[Address, Address]:
    """The cells that show what is forecast in line with the series it is computed from → the cell that computes it.

    Each stands right behind the numbers from which its result is computed, as many as each other result in line with
    it is computed from; nothing else of the series leads there, but for what leads to all of them, as its mean does.

    Args:
        table: the cells.
        precedents: what each formula reads.
    """
    copies: dict[tuple[str, Offset | None], list[Address]] = defaultdict(list)
    for cell in table.texts:
        if precedents.is_copy(cell) and table.is_formula(own := precedents.of(cell)[0]):
            copies[cell[0], offset_on_sheet(cell, own)].append(cell)
    found: dict[Address, Address] = {}
    for (_, away), cells in copies.items():
        for by in ((1, 0), (0, 1)) if away is not None else ():
            for line, count in _lines({*cells}, by, table):
                if away is not None and _is_computed_from_those_before(line, count, away, table, precedents):
                    found |= {cell: offset(cell, away) for cell in line[count:]}
    return found


def _lines(copies: set[Address], by: Offset, table: CellTable) -> Iterator[tuple[Sequence[Address], int]]:
    """The numbers of a series with the copies at its end, and how many there are before these."""
    for first in copies:
        before = offset(first, by, -1)
        if before not in copies and table.is_operand(before):
            line = run_from(before, (-by[0], -by[1]), table.is_operand)[::-1]
            if copies.isdisjoint(line):  # states go on in this way from the first step on
                yield [*line, *run_from(first, by, copies.__contains__)], len(line)


def _is_computed_from_those_before(
    line: Sequence[Address], given: int, away: Offset, table: CellTable, precedents: Precedents
) -> bool:
    made = offset(line[given], away)
    sources = {own: place for own in line if table.is_formula(place := offset(own, away))}
    sources = {own: place for own, place in sources.items() if table.fills(made, place)}
    if sum(own in sources for own in line[:given]) < _FEW:
        return False
    series = {cell: place for place, cell in enumerate(line)}
    through = {
        own: reached([place], precedents.of, through=lambda cell: cell not in series) for own, place in sources.items()
    }
    shared = set.intersection(*through.values())
    windows = {
        own: {series[cell] for cell in _leading_to(place, shared, series, precedents)} for own, place in sources.items()
    }
    widths = {frozenset(series[own] - at for at in window) for own, window in windows.items()}
    return len(widths) == 1 and {*next(iter(widths))} == {*range(1, len(next(iter(widths))) + 1)} != set()


def _leading_to(
    cell: Address, shared: set[Address], series: Mapping[Address, int], precedents: Precedents
) -> set[Address]:
    """The numbers of a series that lead to a cell, but for those that lead to what all others have in common."""
    own = reached([cell], precedents.of, among=lambda o: o not in shared, through=lambda o: o not in series)
    return own & series.keys()
