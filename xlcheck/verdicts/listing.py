"""Lists of cells that are not right, each described only when it is asked for.

One wrong weight can make hundreds of thousands of cells wrong, and all their sentences would fill the memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

from xlcheck.verdicts.cell_result import CellResult, Status


@dataclass(frozen=True, slots=True)
class Found:
    """A cell that is not right.

    Attributes:
        sheet: the worksheet.
        code: the cell, as in `placement.codes_of`.
        status: the verdict.
        describe: makes its result.
    """

    sheet: str
    code: int
    status: Status
    describe: Callable[[], CellResult]


class Cells(Sequence[CellResult]):
    """Results, as a tuple of them would be used.

    Args:
        items: results, or cells that have yet to be described.

    Attributes:
        items: the same.
    """

    def __init__(self, items: Iterable[CellResult | Found] = ()) -> None:
        self.items = tuple(items)

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[CellResult]:
        return map(_result, self.items)

    @overload
    def __getitem__(self, place: int) -> CellResult: ...

    @overload
    def __getitem__(self, place: slice) -> Cells: ...

    def __getitem__(self, place: int | slice) -> CellResult | Cells:
        if isinstance(place, slice):
            return Cells(self.items[place])
        return _result(self.items[place])

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Cells | tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(len(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def __reduce__(self) -> tuple[Any, ...]:
        return Cells, (tuple(self),)

    def select(self, places: Iterable[int]) -> Cells:
        """Those at some places."""
        return Cells(self.items[place] for place in places)

    def with_status(self, *statuses: Status) -> Cells:
        """Those with one of some verdicts, in their order."""
        return Cells(item for item in self.items if item.status in statuses)


def _result(item: CellResult | Found) -> CellResult:
    return item.describe() if isinstance(item, Found) else item
