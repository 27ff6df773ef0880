"""Cells by the rows and columns in which they stand, and formulas that were filled along these."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from xlcheck.formulas.algebra import Address
from xlcheck.formulas.scanner import cut
from xlcheck.formulas.shapes import skeleton
from xlcheck.handmade.reading.cells import CellTable

Line = tuple[str, int | None, int | None]
"""A worksheet, and a row or a column of it; None in the place of the other one."""
_KIN = 2
"""Formulas of its own kind that have to be filled alike before one among them is alone."""
MANY = 3
"""Formulas in a line that have to be alike before another one among them is odd."""
_MOST = 2_000
_NUMBER = re.compile(r"[\d.]+")
_ADDS = re.compile(r" *[-+*/] *[\d.]+ *")
"""What is added to a formula, or by what it is multiplied."""


def by_line(cells: Iterable[Address]) -> Mapping[Line, Sequence[Address]]:
    """Row or column → those of some cells that stand in it."""
    found: dict[Line, list[Address]] = defaultdict(list)
    for cell in cells:
        for line in lines_of(cell):
            found[line].append(cell)
    return found


def lines_of(cell: Address) -> tuple[Line, Line]:
    """The row and the column of a cell."""
    return (cell[0], cell[1], None), (cell[0], None, cell[2])


def is_counted(cell: Address, number: Callable[[Address], float]) -> bool:
    """Whether a number is that of its row among 1, 2, 3 …, which stand before all other numbers of their rows.

    Args:
        cell: where it stands.
        number: what a cell holds; 0 for an empty one, NaN where no number stands.
    """
    sheet, row, column = cell
    own = number(cell)
    if not own.is_integer() or not 1 <= own <= row + 1:
        return False
    numbers = range(1, max(int(own), MANY) + 1)
    counts = all(number((sheet, row - int(own) + other, column)) == other for other in numbers)
    return counts and not any(abs(number((sheet, row, left))) > 0 for left in range(column))


class Lines:
    """Formulas by the rows and columns in which they stand.

    Args:
        formulas: their cells.
        table: all cells.
    """

    def __init__(self, formulas: Iterable[Address], table: CellTable) -> None:
        self._table = table
        self._lines = by_line(formulas)

    def of(self, cell: Address) -> list[list[Address]]:
        """The others in the row of a cell, and those in its column."""
        return [[c for c in self._lines.get(line, ()) if c != cell][:_MOST] for line in lines_of(cell)]

    def differs(self, cell: Address) -> bool:
        """Whether all others in the row of a formula, or in its column, are alike, and it is not.

        Those are three at least, unless it looks like a slip of two: with another sign or function in one place. One
        that is no slip is like those of its own column, or row, if these are alike.
        """
        own = cut(self._table.texts[cell]).between
        kinds = [[cut(self._table.texts[other]).between for other in line] for line in self.of(cell)]
        alike = [len(line) >= _KIN and all(kind == line[0] for kind in line) for line in kinds]
        stands_with_its_kin = any(same and line[0] == own for same, line in zip(alike, kinds, strict=True))
        return any(
            _is_slip(own, line[0]) or (len(line) >= MANY and not stands_with_its_kin)
            for same, line in zip(alike, kinds, strict=True) if same and line[0] != own
        )  # fmt: skip

    def adds_to_its_twin(self, cell: Address) -> bool:
        """Whether a formula goes on where the only other one of its row, or of its column, ends, as by `-1`."""
        own = cut(self._table.texts[cell]).between
        twins = [cut(self._table.texts[line[0]]).between for line in self.of(cell) if len(line) == 1]
        return any(
            own[:-1] == other[:-1] and own[-1].startswith(other[-1]) and _ADDS.fullmatch(own[-1][len(other[-1]) :])
            for other in twins
        )

    def is_alone(self, cell: Address) -> bool:
        """Whether a formula is filled like none of its kind in line with it, where those are filled alike."""
        text = self._table.texts[cell]
        kin = [[c for c in line if skeleton(self._table.texts[c]) == skeleton(text)] for line in self.of(cell)]
        if any(self._is_filled(cell, other) for line in kin for other in line):
            return False
        return any(len(line) >= _KIN and all(self._is_filled(line[0], other) for other in line[1:]) for line in kin)

    def _is_filled(self, one: Address, other: Address) -> bool:
        texts = self._table.texts  # the same again is no filled formula
        return texts[one] != texts[other] and self._table.fills(one, other)


def _is_slip(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether what stands between the references of two formulas differs in one place, by more than a number."""
    pairs = [(_NUMBER.sub("", a), _NUMBER.sub("", b)) for a, b in zip(one, other, strict=False)]
    return len(one) == len(other) and sum(a != b for a, b in pairs) == 1
