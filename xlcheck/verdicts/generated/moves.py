"""A move: cells of a worksheet that were inserted or deleted, and all behind them, which have moved for it.

Programs let every formula follow, so that all is computed as before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from xlcheck.formulas.addresses import MAX_COLUMNS, MAX_ROWS, Range, cell_name
from xlcheck.formulas.scanner import Ref, cut
from xlcheck.verdicts.messages import plural
from xlcheck.workbook.cell_codes import Codes, Mask, codes_at, positions

MOST = 5
"""So many rows or columns at once are tried."""
STEPS = tuple(by * sign for by in range(1, MOST + 1) for sign in (1, -1))
LINES = ("row", "column")
_WAYS = (("down", "up"), ("to the right", "to the left"))


class Move(NamedTuple):
    """Cells of a worksheet that have moved.

    Attributes:
        axis: 0 for down, 1 for to the right.
        at: the first row or column that has moved, as it was built.
        by: so many rows or columns; below 0 back, over those that were deleted.
        across: the columns or rows of which the cells have moved.
    """

    sheet: str
    axis: int
    at: int
    by: int
    across: range

    @classmethod
    def least(cls, sheet: str, axis: int, by: int, moved: Codes | Sequence[int]) -> Move:
        """The move of no more than these cells, and of what lies between and behind them."""
        place = np.stack(positions(np.array(moved, dtype=np.int64)))
        first, last = place.min(axis=1).tolist(), place.max(axis=1).tolist()
        return cls(sheet, axis, first[axis], by, range(first[1 - axis], last[1 - axis] + 1))

    @classmethod
    def of_line(cls, sheet: str, axis: int, at: int, by: int) -> Move:
        """The move of all that stands behind where whole lines were deleted, or inserted."""
        return cls(sheet, axis, at + max(-by, 0), by, range((MAX_COLUMNS, MAX_ROWS)[axis]))

    def of(self, codes: Codes) -> tuple[Codes, Mask]:
        """Where cells of the worksheet have gone, and which were not deleted."""
        place = np.stack(positions(codes))
        along, across = place[self.axis], place[1 - self.axis]
        inside = (across >= self.across.start) & (across < self.across.stop)
        left = ~(inside & (along < self.at) & (along >= self.at + self.by))
        along += self.by * (inside & (along >= self.at))
        return codes_at(place[0], place[1]), left

    def followed(self, formula: str, sheet: str) -> Iterator[str]:
        """A formula on a worksheet, as programs let it follow.

        Of a range of which only a part has moved some let a corner follow; others leave it as it is.
        """
        text = cut(formula)
        own = [(ref.sheet or sheet) == self.sheet for ref in text.refs]
        for needed in (all, any):
            moved = (self._moved(ref, needed) if on else ref for ref, on in zip(text.refs, own, strict=True))
            yield text.with_refs([*moved])

    def _moved(self, ref: Ref, needed: Callable[[Iterable[bool]], bool]) -> Ref | None:
        ends = ((ref.top, ref.bottom), (ref.left, ref.right))
        inside = [line in self.across for line in ends[1 - self.axis]]
        if ref.kind == ("columns", "rows")[self.axis] or not needed(inside):
            return ref
        by = [self.by * (line >= self.at and within) for line, within in zip(ends[self.axis], inside, strict=True)]
        first, last = ((step, 0) if self.axis == 0 else (0, step) for step in by)
        return ref.shifted(first, last)

    def inserted(self) -> Range:
        """Where nothing was built."""
        first, size = (self.at, self.across.start), (self.by, len(self.across))
        return Range(self.sheet, *first, *size) if self.axis == 0 else Range(self.sheet, *first[::-1], *size[::-1])

    def __str__(self) -> str:
        line, place = LINES[self.axis], (self.at, self.across.start)
        way = f"{plural(abs(self.by), line, f'{line}s')} {_WAYS[self.axis][self.by < 0]}"
        first = cell_name(*(place if self.axis == 0 else place[::-1]))
        return f"cells of {self.sheet} from {first} on were moved {way}, so they do not stand where they were built"
