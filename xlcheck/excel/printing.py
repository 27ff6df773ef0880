"""Printing the formulas of a whole quantity at once.

The number of the element is left open while the formula table prints: every reference to it
becomes a gap of a `Pattern`. Where an operation needs to know the number (the pieces of a joined
vector differ), each element is printed by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from xlcheck.excel.addresses import Range, quote_sheet
from xlcheck.excel.draft import Draft, View
from xlcheck.excel.formulas import formula
from xlcheck.excel.pattern import Formulas, Gap, Letters, Number, Pattern, row_number
from xlcheck.graph.quantities import Quantity

_MARK = "\0"


def column_formulas(draft: Draft, q: Quantity, sheet: str, sample: int | None = None) -> Formulas:
    """The formulas of all elements of a computed quantity, which stand below each other on a worksheet."""
    if q.expr is None:
        raise ValueError(f"{q.name} is given, not computed")
    size = q.shape[-1]
    if size > 1:
        view = _OpenView(draft, sheet, sample)
        try:
            return view.pattern(formula(q.expr, _Open(view), view, draft.style))  # type: ignore[arg-type]
        except _NotOpenError:
            pass
    view_of_one = View(draft, sheet, sample)
    return tuple(formula(q.expr, index, view_of_one, draft.style) for index in range(size))


class _NotOpenError(Exception):
    """An operation needs to know the element's number."""


@dataclass(frozen=True, eq=False)
class _Open:
    """The number of the element plus `offset`, left open."""

    view: _OpenView
    offset: int = 0

    def __add__(self, other: int) -> _Open:
        return _Open(self.view, self.offset + other)

    __radd__ = __add__

    def __format__(self, spec: str) -> str:
        return self.view.gap(Number(self.offset))

    def _refuse(self, *_: object) -> bool:
        raise _NotOpenError

    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __sub__ = __mul__ = _refuse
    __index__ = __int__ = _refuse
    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True)
class _OpenView(View):
    """References in which an open number becomes a gap."""

    gaps: list[Gap] = field(default_factory=list)

    def gap(self, gap: Gap) -> str:
        """A mark that stands for a gap in the printed text."""
        self.gaps.append(gap)
        return f"{_MARK}{len(self.gaps) - 1}{_MARK}"

    def pattern(self, text: str) -> Pattern:
        """The printed text with its marks turned into gaps."""
        pieces = text.split(_MARK)  # every second piece is the number of a gap
        parts = [self.gaps[int(piece)] if i % 2 else piece for i, piece in enumerate(pieces)]
        return Pattern(tuple(part for part in parts if part != ""))

    def element(self, name: str, index: int, row: int | None = None) -> str:
        """See `Places`."""
        if not isinstance(index, _Open):
            return super().element(name, index, row)
        area = self.draft.placed(name, self.sample)
        if row is not None or area.rows == 1:
            column = self.gap(Letters(area.left + index.offset))
            return self._prefix(name, area) + self._cell(name, column, str(area.top + (row or 0) + 1))
        row_gap = self.gap(row_number(area.top + index.offset))
        return self._prefix(name, area) + self._cell(name, _letters(area.left), row_gap)

    def column(self, name: str, index: int, matrix: int | None = None) -> str:
        """See `Places`."""
        if not isinstance(index, _Open):
            return super().column(name, index, matrix)
        area = self.draft.placed(name, self.sample)
        rows = self.draft.graph[name].shape[-2]
        top = area.top + rows * (matrix or 0)
        column = Letters(area.left + index.offset)
        first = self._cell(name, self.gap(column), str(top + 1))
        if rows == 1:
            return self._prefix(name, area) + first
        return f"{self._prefix(name, area)}{first}:{self._cell(name, self.gap(column), str(top + rows))}"

    def cells(self, names: object, index: object) -> str:
        """See `Places`."""
        raise _NotOpenError

    def _prefix(self, name: str, area: Range) -> str:
        return "" if area.sheet == self.sheet else f"{quote_sheet(area.sheet)}!"

    def _cell(self, name: str, column: str, row: str) -> str:
        return f"${column}${row}" if self.draft.graph[name].is_weight else f"{column}{row}"


def _letters(column: int) -> str:
    return Letters(column).at(0)
