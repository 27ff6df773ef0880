"""Matrices: each time step as a reader writes it on paper, every vector a row and every kernel in its shape.

All numbers are references to the sheets of the layers, so that they follow; only the softmax is taken apart anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from xlcheck.formulas.addresses import Range
from xlcheck.graph import expressions as ex
from xlcheck.graph.quantities import Quantity, Role
from xlcheck.layout.common import heading, likeliest, speaking, title
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.sheet import SheetDraft
from xlcheck.layout.widening import brief_width, equation_width
from xlcheck.workbook.plan import Array
from xlcheck.workbook.styles import BRIEF

NAME = "Matrices"
_LABEL, _EQUATION, _FIRST = range(3)
_TOP = 4
_MOST = 15  # columns of numbers with all decimals
_ROUNDING = 1e-14  # of a sum of a few exponentials
_TEXT = (
    "Each time step as on paper: vectors are rows, kernels stand in their shapes, the sizes are written above. In a "
    "product the number of columns on the left is the number of rows on the right; what is left over is the result."
)


PAGE = "each time step as on paper: vectors, kernels in their shapes, and every product written out"


def matrices_sheet(draft: Draft) -> None:
    """Fill the sheet; every quantity has its place by then, and beside each step stands what is read."""
    sheet = draft.sheet(NAME, "intermediate")
    page = _Page(draft, sheet)
    title(sheet, NAME, _TEXT, 12)
    steps = sorted({q.step for q in draft.graph if q.step is not None})
    words, row = _words(draft), _TOP
    for step in steps:
        heading(sheet, row, f"t = {step + 1}", page.columns)
        if len(words) == len(steps):
            text, shown = words[step]
            del sheet.cells[row, _EQUATION]
            draft.helper(sheet, row, _EQUATION, f'"“"&{text}&"”"', [f"“{word}”" for word in shown], "heading")
        row = page.step([q for q in draft.graph if q.step == step], row + 1) + 1
    equations = equation_width(q.band.equation for q in draft.graph if q.step is not None)
    traced = [draft.trace[q.name] for q in draft.graph if q.is_weight or q.step is not None]
    traced += [np.exp(draft.trace[z]).sum(axis=1) for q in draft.graph if (z := _softened(q)) is not None]
    numbers = [(f"state{BRIEF}", values) for values in traced]
    width = brief_width(numbers) if page.is_wide else 10.5
    sheet.widths.update({_LABEL: 19, _EQUATION: equations, **dict.fromkeys(range(_FIRST, page.columns), width)})
    sheet.freeze = (3, 1)


def _words(draft: Draft) -> Sequence[tuple[str, Sequence[float | str]]]:
    """What the network reads at each step: formulas, as in `Draft.words`, or what the first input means."""
    if draft.words:
        return draft.words
    bands = [(band, members) for band, members in draft.graph.bands().items() if band.role is Role.INPUT]
    return [likeliest(draft, q) for q in speaking(draft, bands)]


class _Page:
    """The sheet while it is filled from above."""

    def __init__(self, draft: Draft, sheet: SheetDraft) -> None:
        self._draft = draft
        self._sheet = sheet
        products = [product for q in draft.graph if (product := _product(draft, q)) is not None]
        self._weights = {
            (area.sheet, *cell): float(value)
            for q in draft.graph
            if q.is_weight and q.expr is None
            for area in (draft.placed(q.name),)
            for cell, value in zip(area.cells(), draft.trace[q.name].reshape(-1), strict=True)
        }
        self.columns = _FIRST + max((product.width(draft) for product in products), default=4)
        self.is_wide = self.columns > _MOST

    def step(self, quantities: Sequence[Quantity], row: int) -> int:
        """Fill what is computed at one step; returns the row after it."""
        layer, first = "", row - 1  # with the heading above
        for q in quantities:
            self._sheet.starts.append(first)
            if q.band.layer != layer:
                layer = q.band.layer
                self._sheet.put(row, _LABEL, layer, "name")
                row += 1
            product = _product(self._draft, q)
            if product is not None:
                row = self._multiplied(q, product, row)
            elif (z := _softened(q)) is not None:
                row = self._softmax(q, z, row)
            else:
                row = self._plain(q, row)
            first = row
        return row

    def _plain(self, q: Quantity, row: int) -> int:
        self._words(q, row)
        self._vector(q, row, _FIRST)
        return row + 1

    def _multiplied(self, q: Quantity, product: _Product, row: int) -> int:
        """A row times a matrix, and the bias if there is one, side by side, with the sizes above."""
        x = self._draft.graph[product.x]
        self._words(q, row + 1)
        column = self._sized(row, _FIRST, 1, x.shape[-1], "·")
        self._vector(x, row + 1, _FIRST)
        for area, sign in ((product.matrix, "=" if product.bias is None else "+"), (product.bias, "=")):
            if area is not None:
                self._given(area, row + 1, column)
                column = self._sized(row, column, area.rows, area.columns, sign)
        self._sized(row, column, 1, q.shape[-1])
        self._vector(q, row + 1, column)
        return row + 1 + product.matrix.rows

    def _sized(self, row: int, column: int, height: int, width: int, sign: str = "") -> int:
        """The size above a vector or a matrix, and the sign behind it; returns the column after that."""
        self._sheet.put(row, column, f"{height} × {width}", "hint")
        if sign:
            self._sheet.put(row + 1, column + width, sign, "arrow")
        return column + width + 1

    def _given(self, area: Range, row: int, column: int) -> None:
        """Weights, as references to where they stand."""
        for at, left in area.cells():
            text = reference(Range(area.sheet, at, left), NAME, fixed=True)
            target = (row + at - area.top, column + left - area.left)
            self._draft.helper(self._sheet, *target, text, [self._weights[area.sheet, at, left]], self._style("weight"))

    def _softmax(self, q: Quantity, z: str, row: int) -> int:
        """In two steps: a row of exponentials and their sum, then each divided by the sum."""
        size = q.shape[-1]
        exponentials = np.exp(self._draft.trace[z])
        sums = exponentials.sum(axis=1)
        source = self._draft.placed(z)
        self._say(row, "exp(zₜ)", "first step: the exponential of each number")
        self._say(row + 1, "sum", "and their sum")

        def exponential(unit: int) -> str:
            return f"EXP({reference(_unit(source, unit), NAME)})"

        self._row(row, _FIRST, exponential, exponentials, self._style("intermediate"))
        cells = self._sheet.at(row, _FIRST, 1, size)
        atol = _ROUNDING * float(sums.max())
        text = f"SUM({cells.a1})"
        total = self._draft.helper(self._sheet, row + 1, _FIRST, text, sums.tolist(), self._style("intermediate"), atol)
        self._words(q, row + 2, "second step: each divided by the sum")

        def share(unit: int) -> str:
            return f"{self._sheet.at(row, _FIRST + unit).a1}/{total.fixed()}"

        self._row(row + 2, _FIRST, share, self._draft.trace[q.name], self._style(q.band.role.value), _ROUNDING)
        return row + 3

    def _vector(self, q: Quantity, row: int, column: int) -> None:
        """A quantity as a row of references."""
        area = self._draft.placed(q.name)
        values = self._draft.trace[q.name].reshape(-1, q.shape[-1])
        whole = (values == np.round(values)).all() and q.band.role in (Role.INPUT, Role.TARGET)
        style = f"{q.band.role.value}_code" if whole else self._style(q.band.role.value)
        self._row(row, column, lambda unit: reference(_unit(area, unit), NAME), values, style)

    def _style(self, role: str) -> str:
        """Of numbers: with all decimals, where there is room for them."""
        return role + BRIEF if self.is_wide else role

    def _row(
        self, row: int, column: int, formula: Callable[[int], str], values: Array, style: str, atol: float = 0.0
    ) -> None:
        for unit in range(values.shape[1]):
            desired = values[:, unit].tolist()
            self._draft.helper(self._sheet, row, column + unit, formula(unit), desired, style, atol)

    def _words(self, q: Quantity, row: int, equation: str = "") -> None:
        self._say(row, q.band.label, equation or q.band.equation or q.band.meaning)

    def _say(self, row: int, label: str, equation: str) -> None:
        self._sheet.put(row, _LABEL, label, "symbol_small")
        self._sheet.put(row, _EQUATION, equation, "equation")


@dataclass(frozen=True)
class _Product:
    """A vector times a matrix, plus a bias or nothing.

    Attributes:
        x: the vector's name.
        matrix: where the matrix stands, or the part of it that counts.
        bias: where the bias stands.
    """

    x: str
    matrix: Range
    bias: Range | None = None

    def width(self, draft: Draft) -> int:
        """Columns that it takes."""
        parts = 2 if self.bias is None else 3
        return draft.graph[self.x].shape[-1] + parts * (self.matrix.columns + 1)


def _softened(q: Quantity) -> str | None:
    """The name of what a softmax reads that is shown in two steps; None for everything else."""
    return (
        q.expr.x.name
        if q.step is not None and isinstance(q.expr, ex.Softmax) and isinstance(q.expr.x, ex.Ref)
        else None
    )


def _product(draft: Draft, q: Quantity) -> _Product | None:
    """The product that a quantity is; None if it is none."""
    whole, bias = q.expr, None
    expr = whole
    if isinstance(whole, ex.Add) and isinstance(whole.b, ex.Ref) and draft.graph[whole.b.name].is_weight:
        expr, bias = whole.a, draft.placed(whole.b.name)
    if not (isinstance(expr, ex.Dot) and isinstance(expr.x, ex.Ref)):
        return None
    if isinstance(expr.matrix, ex.Ref):
        return _Product(expr.x.name, draft.placed(expr.matrix.name), bias)
    place, part = draft.placed(expr.matrix.of.name), expr.matrix
    if part.row is not None:
        return None
    area = Range(place.sheet, place.top, place.left + part.start, place.rows, part.stop - part.start)
    return _Product(expr.x.name, area, bias)


def _unit(area: Range, unit: int) -> Range:
    """One element of a vector that stands as a column."""
    return Range(area.sheet, area.top + unit, area.left)
