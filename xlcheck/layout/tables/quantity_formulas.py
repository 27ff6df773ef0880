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
from xlcheck.formulas.pattern import Formulas, Gap, Gaps, Letters, NotOpenError, Number, Open, pattern_of, row_number
from xlcheck.formulas.printing import Entry, Style, formula
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Quantity
from xlcheck.layout.draft import Draft, View


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
            index = Open(lambda own: view.gap(Number(own.offset)))
            return pattern_of(formula(q.expr, at(index), view, draft.style), view.gaps)
        except NotOpenError:
            pass
    one = View(draft, sheet, sample)
    return tuple(formula(q.expr, at(index), one, draft.style) for index in range(size))


@dataclass(frozen=True)
class _OpenView(View):
    """References in which an open number becomes a gap."""

    gaps: Gaps[Gap] = field(default_factory=Gaps)

    def gap(self, gap: Gap) -> str:
        """A mark that stands for a gap in the printed text."""
        return self.gaps.mark(gap)

    def element(self, name: str, index: int, row: int | None = None) -> str:
        """See `Places`."""
        if not isinstance(index, Open):
            return super().element(name, index, row)
        area = self.draft.placed(name, self.sample)
        if row is not None or area.rows == 1:
            column = self.gap(Letters(area.left + index.offset))
            return self._prefix(name, area) + self._cell(name, column, str(area.top + (row or 0) + 1))
        row_gap = self.gap(row_number(area.top + index.offset))
        return self._prefix(name, area) + self._cell(name, _letters(area.left), row_gap)

    def column(self, name: str, index: int, matrix: int | None = None) -> str:
        """See `Places`."""
        if not isinstance(index, Open):
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
        if not isinstance(row, Open) or area.size == 1:
            return super().entry(name, row, column)
        letters = _letters(area.left + column)
        return self._prefix(name, area) + self._cell(name, letters, self.gap(row_number(area.top + row.offset)))

    def row(self, name: str, index: int, start: int, stop: int, matrix: int | None = None) -> str:
        """See `Places`."""
        if not isinstance(index, Open):
            return super().row(name, index, start, stop, matrix)
        first = self._row(name, index.offset, start, stop, matrix)
        left, right = _letters(first.left), _letters(first.left + first.columns - 1)
        text = self._cell(name, left, self.gap(row_number(first.top)))
        if first.columns > 1:
            text += f":{self._cell(name, right, self.gap(row_number(first.top)))}"
        return self._prefix(name, first) + text

    def batch_sum(self, products: Sequence[tuple[ex.Expr, ...]], entry: Entry, style: Style) -> str:
        """See `Places`."""
        if not isinstance(entry.row, Open):
            return super().batch_sum(products, entry, style)
        at, open_row = (0, entry.column), entry.row.offset

        def show(cell: Cell, area: Range) -> str:
            if cell.axis != ROW:
                return self._text(cell.name, area)
            if not cell.down:
                raise NotOpenError
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
        raise NotOpenError

    def products(self, pairs: object, index: object) -> str:
        """See `Places`."""
        raise NotOpenError

    def _prefix(self, name: str, area: Range) -> str:
        return "" if area.sheet == self.sheet else f"{quote_sheet(area.sheet)}!"

    def _cell(self, name: str, column: str, row: str) -> str:
        return f"${column}${row}" if self.draft.graph[name].is_weight else f"{column}{row}"


def _letters(column: int) -> str:
    return Letters(column).at(0)
