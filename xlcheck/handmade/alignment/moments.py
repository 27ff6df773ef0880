"""The step and document, or the unit, that a cell belongs to: those of most other cells of its column, or its row."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping

from xlcheck.formulas.algebra import Address
from xlcheck.handmade.networks.elements import Band, Key

Moment = tuple[int, ...]
"""Time step and document, or a unit alone."""
Line = tuple[int, str, int]
"""Network, worksheet, and a row or column: each network has its own time, also where one stands below another."""
PURE = 0.7
"""The share of votes that the moment of a line has to have."""
FEW = 3
"""Fewer votes than these say nothing."""


class Moments:
    """The moments of the rows or columns of a workbook, whichever are purer.

    Args:
        held: what cells hold.
        followers: the bands that are computed from a band at the same step.
        moment: the coordinates that a line has in common; the step and document by default.
    """

    def __init__(
        self,
        held: Mapping[Address, Key],
        followers: Callable[[Band], frozenset[Band]],
        moment: Callable[[Key], Moment] = lambda key: (key.step, key.sample),
    ) -> None:
        rows: dict[Line, Counter[tuple[Moment, Band]]] = defaultdict(Counter)
        columns: dict[Line, Counter[tuple[Moment, Band]]] = defaultdict(Counter)
        for (sheet, row, column), key in held.items():
            if key.step >= 0:
                rows[key.band[0], sheet, row][moment(key), key.band] += 1
                columns[key.band[0], sheet, column][moment(key), key.band] += 1
        self._across = _purity(columns) >= _purity(rows)
        self._lines = columns if self._across else rows
        self._followers = followers
        self._found: dict[tuple[Line, Band], Moment | None] = {}

    def of(self, cell: Address, band: Band) -> Moment | None:
        """The moment of the line in which a cell stands, by what is of other bands than its own; None if it has none.

        What is computed from the cell votes only if there is not enough else: where a cell is wrong, so is that.
        """
        line = band[0], cell[0], cell[2] if self._across else cell[1]
        if (line, band) not in self._found:
            self._found[line, band] = self._most(line, band)
        return self._found[line, band]

    def _most(self, line: Line, own: Band) -> Moment | None:
        votes, more, followers = Counter[Moment](), Counter[Moment](), self._followers(own)
        for (moment, band), count in self._lines.get(line, Counter()).items():
            if band != own:
                (more if band in followers else votes)[moment] += count
        if votes.total() < FEW:
            votes += more
        if votes.total() < FEW:
            return None
        (best, count), *_ = votes.most_common(1)
        return best if count >= PURE * votes.total() else None


def _purity(lines: Mapping[Line, Counter[tuple[Moment, Band]]]) -> int:
    """How many cells are of the moment that most cells of their line have."""
    total = 0
    for line in lines.values():
        votes: Counter[Moment] = Counter()
        for (moment, _), count in line.items():
            votes[moment] += count
        total += max(votes.values())
    return total
