"""Are weights and inputs still those that Keras was given? Asked in the sheet, by formulas.

Small arrays are stored once more, out of sight, and compared number by number: every change is seen. To store large
ones again would double the file. Of each of their rows only two sums are stored, in which every number has a factor of
its own, and in the second the square of that. Edits above the printed precision of one number or of two, and an
exchange of numbers that print differently, change one of them by more than rounding can: what two edits take from each
other in the first, they leave in the second. What it cannot see: three or more edits in one row that were computed to
cancel out in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from xlcheck.arrays import Array
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.scanner import number_text
from xlcheck.layout.draft import reference
from xlcheck.layout.sheet import SheetDraft
from xlcheck.numerics import dot
from xlcheck.texts import say

STORED_AGAIN = 50_000
"""So many numbers a workbook are stored again, those of small arrays first."""

_FIRST_COLUMN = 2  # of the hidden sheet; the manifest stands left of it
_WIDTH = 1000  # columns; what would not fit stands below
_BLOCK = 100_000  # cells in one formula; CellRune reads at most a million
_WIDEST = 256  # columns in one sum: with more of them rounding would hide an exchange of neighbours
_ROUNDING = 16 * float(np.finfo(np.float64).eps)  # of a sum of so many terms, relative to their magnitudes
_SMALLEST = 1e-300


@dataclass(frozen=True)
class Source:
    """Constants whose change makes Keras's stored values obsolete.

    Attributes:
        name: what stands there.
        values: what Keras was given, as many numbers, row by row.
    """

    name: str
    area: Range
    values: Array


@dataclass(frozen=True)
class Question:
    """Whether a part of the constants is unchanged.

    Attributes:
        name: what stands there.
        how: how it is compared, in words.
        formula: 1 if it is unchanged, else 0, as the worksheet writes it that asks.
    """

    name: str
    area: Range
    how: str
    formula: str


def questions(sources: Iterable[Source], hidden: SheetDraft, sheet: str) -> list[Question]:
    """One question for each array, or for each block of a large one.

    Args:
        sources: all constants.
        hidden: the sheet that takes what is stored again, in columns right of the manifest.
        sheet: the worksheet on which the formulas will stand.
    """
    sources = list(sources)
    exact: set[int] = set()
    room = STORED_AGAIN
    for place in sorted(range(len(sources)), key=lambda k: sources[k].area.size):
        room -= sources[place].area.size
        if room >= 0:
            exact.add(place)
    keeper = _Keeper(hidden, sheet)
    return [
        keeper.exactly(part) if place in exact else keeper.by_sums(part)
        for place, source in enumerate(sources)
        for part in _blocks(source, source.area.columns if place in exact else _WIDEST)
    ]


def _blocks(source: Source, columns: int) -> Iterator[Source]:
    """A large array as rectangles, each small enough for one formula."""
    area = source.area
    table = np.asarray(source.values, dtype=np.float64).reshape(area.rows, area.columns)
    rows = max(1, _BLOCK // min(columns, area.columns))
    for top in range(0, area.rows, rows):
        for left in range(0, area.columns, columns):
            part = table[top : top + rows, left : left + columns]
            place = Range(area.sheet, area.top + top, area.left + left, *part.shape)
            name = source.name if part.size == area.size else f"{source.name}, {place.a1}"
            yield Source(name, place, part)


class _Keeper:
    """Stores numbers again on the hidden sheet, array beside array."""

    def __init__(self, hidden: SheetDraft, sheet: str) -> None:
        self._hidden = hidden
        self._sheet = sheet
        self._at = (0, _FIRST_COLUMN)
        self._below = 0  # the row under everything that stands in this row of arrays
        self._factors: Range | None = None

    def exactly(self, part: Source) -> Question:
        """Compare every number."""
        area, kept = self._text(part.area), self._text(self._store(part.values))
        return Question(part.name, part.area, say("originals.exactly"), self._formula(part, f"{area}<>{kept}"))

    def by_sums(self, part: Source) -> Question:
        """Compare two sums of each row."""
        each = 1 + np.arange(1.0, _WIDEST + 1)[:, None] / _WIDEST
        if self._factors is None:
            self._factors = self._store(np.hstack([each, each**2]))
        columns = part.area.columns
        factors = self._factors.part(columns, 2)
        weights = np.hstack([each, each**2])[:columns]
        kept = self._text(self._store(dot(part.values, weights)))
        limit = max(_ROUNDING * float(dot(np.abs(part.values), weights).max()), _SMALLEST)
        # Divided before it is squared: to IronCalc everything below 1e-16 is 0.
        change = f"(MMULT({self._text(part.area)},{self._text(factors)})-{kept})/{number_text(limit)}"
        return Question(part.name, part.area, say("originals.by_sums"), self._formula(part, f"({change})^2>1"))

    def _formula(self, part: Source, changed: str) -> str:
        """Count what is changed; a text, an empty cell or an error is a change, too."""
        area = self._text(part.area)
        unchanged = f"IF(SUMPRODUCT(({changed})*1)=0,1,0)"
        return f"IF(ISERROR(SUM({area})),0,IF(COUNT({area})={part.area.size},{unchanged},0))"

    def _store(self, values: Array) -> Range:
        row, column = self._at
        if column > _FIRST_COLUMN and column + values.shape[1] > _WIDTH:
            row, column = self._below, _FIRST_COLUMN
        area = self._hidden.numbers(row, column, values, "text")
        self._at = (row, column + area.columns + 1)
        self._below = max(self._below, row + area.rows + 1)
        return area

    def _text(self, area: Range) -> str:
        return reference(area, self._sheet, fixed=True)
