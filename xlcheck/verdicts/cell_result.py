"""Cells that do not simply agree, and what may be wrong with them; each is described only when it is asked for.

One wrong weight can make hundreds of thousands of cells wrong, and all their sentences would fill the memory.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Any, overload

from xlcheck.frozen import dataclass


class Status(StrEnum):
    """The verdict on one formula cell."""

    AGREE = "agree"
    ROOT = "root"
    CARRIED = "carried"
    UNBOUND = "unbound"
    NOT_EVALUATED = "not_evaluated"


class Kind(StrEnum):
    """What is wrong with a cell, before anyone asks why."""

    VALUE = "value"
    NOT_A_FORMULA = "not_a_formula"
    MISSING = "missing"
    EXCEL_ERROR = "excel_error"
    NOT_FINITE = "not_finite"
    STALE_CACHE = "stale_cache"
    NOT_AS_WRITTEN = "not_as_written"


@dataclass(frozen=True, slots=True)
class CellResult:
    """One cell that does not simply agree.

    Attributes:
        sheet: the worksheet.
        cell: its address (`M15`).
        status: the verdict.
        kind: what is wrong with it.
        quantity: the element it should hold (`lstm.i[1][0]`), or None if it belongs to nothing.
        actual: what the engine computed: a number, a text, an error code, or None if empty.
        desired: the oracle's value.
        desired_from_precedents: what it should be given the values that stand in its own precedents.
        formula: the formula's text with `=`, or None.
        diagnosis: the name of the mistake (`pre-activation-fed-back`), or None.
        message: one sentence a learner understands.
        sample: the sample, counted from 1 as on the sheets, at which it disagrees most, or None.
        desired_formula: the formula that should stand there, with `=`, in the sheet's own style and with its own
            references; None for a cell that is right in itself, and where no formula is sure to be right.
    """

    sheet: str
    cell: str
    status: Status
    kind: Kind
    quantity: str | None
    actual: float | str | bool | None
    desired: float | str | None
    desired_from_precedents: float | str | None
    formula: str | None
    diagnosis: str | None
    message: str
    sample: int | None = None
    desired_formula: str | None = None


def finite_or_text(number: float) -> float | str:
    """The number, or `nan`, `inf` or `-inf` as a text."""
    return number if math.isfinite(number) else str(number)


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
