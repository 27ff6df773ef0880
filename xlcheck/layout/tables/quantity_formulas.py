"""Printing the formulas of a whole quantity at once.

The number of the element is left open while the formula table prints: every reference to it
becomes a gap of a `Pattern`. Where an operation needs to know the number (the pieces of a joined
vector differ), each element is printed by itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from xlcheck.formulas.addresses import Range, quote_sheet
from xlcheck.formulas.batch_sums import ROW, Cell, Literal, written
from xlcheck.formulas.pattern import Formulas, Gap, Letters, Number, Pattern, row_number
from xlcheck.formulas.printing import Entry, Style, formula
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Quantity
from xlcheck.layout.draft import Draft, View

_MARK = "\0"


def column_formulas(draft: Draft, q: Quantity, sheet: str, sample: int | None = None) -> Formulas:
    """The formulas of all elements of a computed quantity, which stand below each other on a worksheet."""
    return _formulas(draft, q, sheet, sample, q.shape[-1], lambda index: index)


def matrix_formulas(draft: Draft, q: Quantity, sheet: str, column: int) -> Formulas:
    """The formulas of a column of a computed matrix, whose rows stand below each other; of a vector one formula."""
    return _formulas(draft, q, sheet, None, math.prod(q.shape[:-1]), lambda row: Entry(row, column))


def _formulas(
    draft: Draft, q: Quantity, sheet: str, sample: int | None, size: int, at: Callable[[Any], Any]
) -> Formulas:
    """Those of so many elements, each at its own index: one pattern for all, if no operation needs to know which."""
    if q.expr is None:
        raise ValueError(f"{q.name} is given, not computed")
    if size > 1:
        view = _OpenView(draft, sheet, sample)
        try:
            return view.pattern(formula(q.expr, at(_Open(view)), view, draft.style))
        except _NotOpenError:
            pass
    one = View(draft, sheet, sample)
    return tuple(formula(q.expr, at(index), one, draft.style) for index in range(size))


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

    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __sub__ = __mul__ = __divmod__ = _refuse
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

    def entry(self, name: str, row: int, column: int) -> str:
        """See `Places`."""
        area = self.draft.placed(name, self.sample)
        if not isinstance(row, _Open) or area.size == 1:
            return super().entry(name, row, column)
        letters = _letters(area.left + column)
        return self._prefix(name, area) + self._cell(name, letters, self.gap(row_number(area.top + row.offset)))

    def row(self, name: str, index: int, start: int, stop: int, matrix: int | None = None) -> str:
        """See `Places`."""
        if not isinstance(index, _Open):
            return super().row(name, index, start, stop, matrix)
        first = self._row(name, index.offset, start, stop, matrix)
        left, right = _letters(first.left), _letters(first.left + first.columns - 1)
        text = self._cell(name, left, self.gap(row_number(first.top)))
        if first.columns > 1:
            text += f":{self._cell(name, right, self.gap(row_number(first.top)))}"
        return self._prefix(name, first) + text

    def batch_sum(self, products: Sequence[tuple[ex.Expr, ...]], entry: Entry, style: Style) -> str:
        """See `Places`."""
        if not isinstance(entry.row, _Open):
            return super().batch_sum(products, entry, style)
        at, open_row = (0, entry.column), entry.row.offset

        def show(cell: Cell, area: Range) -> str:
            if cell.axis != ROW:
                return self._text(cell.name, area)
            if not cell.down:
                raise _NotOpenError
            rows = [self.gap(row_number(area.top + open_row)) for _ in range(1 if area.columns == 1 else 2)]
            ends = [_letters(area.left), _letters(area.left + area.columns - 1)]
            cells = [self._cell(cell.name, letters, row) for letters, row in zip(ends, rows, strict=False)]
            return self._prefix(cell.name, area) + ":".join(cells)

        def number(literal: Literal) -> str:
            if literal.axis == ROW:
                return self.gap(Number(literal.offset + open_row))
            return str(literal.offset + entry.column)

        return written(self.draft.batch_runs(tuple(products)), at, show, number)

    def cells(self, names: object, index: object) -> str:
        """See `Places`."""
        raise _NotOpenError

    def products(self, pairs: object, index: object) -> str:
        """See `Places`."""
        raise _NotOpenError

    def _prefix(self, name: str, area: Range) -> str:
        return "" if area.sheet == self.sheet else f"{quote_sheet(area.sheet)}!"

    def _cell(self, name: str, column: str, row: str) -> str:
        return f"${column}${row}" if self.draft.graph[name].is_weight else f"{column}{row}"


def _letters(column: int) -> str:
    return Letters(column).at(0)
