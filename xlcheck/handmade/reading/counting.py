"""Typed numbers that count the rows, columns or blocks of a worksheet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.reading.offsets import distance

_FIRST = frozenset({0.0, 1.0})


def counting(cells: Iterable[Address], numbers: Mapping[Address, float]) -> Iterator[list[Address]]:
    """The typed whole numbers in a row or column of which each is one more than the one before it.

    They stand next to one another; or as far apart, with nothing between them, and begin with 0 or 1.

    Args:
        cells: all cells that are not empty.
        numbers: the typed numbers among them.
    """
    for is_row in (True, False):
        lines: dict[tuple[str, int], list[Address]] = defaultdict(list)
        for cell in sorted(cells):
            lines[cell[0], cell[1] if is_row else cell[2]].append(cell)
        for line in lines.values():
            for run in _runs(line, numbers):
                first = numbers.get(run[0], 0.5)
                is_near = len(run) == 1 or distance(*run[:2]) == 1
                if first.is_integer() and (is_near or first in _FIRST):
                    yield run


def _runs(line: list[Address], numbers: Mapping[Address, float]) -> list[list[Address]]:
    """The cells of a line in runs, in which each number is one more than the one before, and all stand as far apart."""
    runs = [line[:1]]
    for before, cell in pairwise(line):
        own = runs[-1]
        if before not in numbers or numbers.get(cell) != numbers[before] + 1:
            runs.append([cell])
        elif len(own) == 1 or distance(*own[-2:]) == distance(before, cell):
            own.append(cell)
        else:
            runs.append([before, cell])
    return runs
