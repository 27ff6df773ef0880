"""The formula that should stand in a cell, in the sheet's own style and with its own references.

A formula is proposed by the cells beside that hold the same quantity, or printed from the quantity's expression; it is
shown only if it computes just what the cell should compute, for whatever numbers stand in the cells that it reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xlcheck.arrays import Array
from xlcheck.errors import NotSupportedError
from xlcheck.formulas.addresses import Range, quote_sheet
from xlcheck.formulas.meaning import same_formula
from xlcheck.formulas.printer import Places
from xlcheck.formulas.printing import Style, formula
from xlcheck.formulas.rounding import unrounded
from xlcheck.formulas.shapes import moved
from xlcheck.graph.quantities import Graph, Quantity
from xlcheck.graph.shapes import Shape
from xlcheck.verdicts.mistakes.texts import turned
from xlcheck.verdicts.mistakes.trials import Trials, same_function
from xlcheck.verdicts.operands import forms
from xlcheck.workbook.cell_codes import code_at, position

_MOST = 2_000
"""Formulas that are tried in one workbook; of more wrong cells nobody reads."""

_FAR = 2_000.0
"""Of such numbers an exponential has no room in a cell, or is 0; a product of many is still a number."""

_NEAR, _BESIDE = 40, 6
"""Cells beside, nearest first, whose formulas are looked at, and different formulas of them that are tried."""


@dataclass(frozen=True)
class Wanted:
    """What should stand in a cell.

    Attributes:
        element: which element of it, in C order.
        sample: the sample whose network it belongs to; None for what follows the selector.
        fails: whether the cell gives an error with a formula that may be right, as for a number that is too large.
    """

    q: Quantity
    element: int
    sheet: str
    code: int
    sample: int | None
    fails: bool = False


def desired_formula(wanted: Wanted, trials: Trials) -> str | None:
    """The formula that should stand in a cell, with `=`; None if no proposal is sure to be right."""
    if wanted.q.expr is None:
        return None
    right = _right(wanted, trials)
    beside = list(dict.fromkeys(_beside(wanted, trials)))
    own = trials.text(wanted.sheet, wanted.code)
    exact = [] if own is None else [unrounded(own), *turned(own)]
    proposals = [*exact, *beside[:_BESIDE], *printed(wanted, trials)]
    if wanted.fails:  # what never does comes first
        proposals.reverse()
    for text in dict.fromkeys(filter(None, proposals)):
        is_new = own is None or not same_formula(text, own, wanted.sheet)  # what is there is no correction
        if is_new and _computes(text, wanted, right, trials) and not (wanted.fails and _fails(text, wanted, trials)):
            return f"={text}"
    return None


def is_right(wanted: Wanted, trials: Trials) -> bool:
    """Whether the formula of a cell computes what it should, if only for numbers that are not too large."""
    own = trials.text(wanted.sheet, wanted.code)
    return own is not None and _computes(own, wanted, _right(wanted, trials), trials)


def _right(wanted: Wanted, trials: Trials) -> list[Array]:
    """What the cell should give in each trial, by each form of its expression."""
    found = (
        trials.of_expression(form, wanted.element, wanted.sample)
        for form in (() if wanted.q.expr is None else forms(wanted.q.expr))
    )
    return [values for values in found if values is not None]


def _computes(text: str, wanted: Wanted, right: Sequence[Array], trials: Trials) -> bool:
    trials.formulas_tried += 1
    if trials.formulas_tried > _MOST:
        return False
    values = trials.of_formula(text, wanted.sheet, wanted.code, wanted.sample)
    return any(same_function(values, own) for own in right)


def _fails(text: str, wanted: Wanted, trials: Trials) -> bool:
    """Whether a formula has no value for some numbers that lie far out, on either side."""
    values = [trials.of_formula(text, wanted.sheet, wanted.code, wanted.sample, reach) for reach in (_FAR, -_FAR)]
    return any(own is None or not np.isfinite(own).all() for own in values)


def _beside(wanted: Wanted, trials: Trials) -> Iterator[str]:
    """The formulas of the cells that hold other elements and other steps, as they would be if filled over this cell."""
    row, column = position(wanted.code)
    places = []
    steps = trials.graph.steps.get(wanted.q.band.name, {})
    for name in steps.values() if wanted.q.step is not None else [wanted.q.name]:
        for sheet, code in trials.all_cells(name, wanted.sheet):
            if code != wanted.code:
                down, right = position(code)
                places.append((abs(down - row) + abs(right - column), sheet, code, row - down, column - right))
    for _, sheet, code, down, right in sorted(places)[:_NEAR]:
        text = trials.text(sheet, code)
        filled = None if text is None else moved(text, down, right)
        if filled is not None:
            yield filled


def printed(wanted: Wanted, trials: Trials) -> Iterator[str]:
    """The formulas of every style, as xlcheck writes them."""
    expr = wanted.q.expr
    if expr is None or len(wanted.q.shape) > 1:
        return
    for style in (Style.TEACHING, Style.BOOK, Style.ROBUST):
        try:
            yield formula(expr, wanted.element, _Places(wanted, trials), style)
        except (NotSupportedError, IndexError, KeyError, TypeError, ValueError):
            continue


@dataclass(frozen=True)
class _Places(Places):
    """As seen from the wrong cell."""

    wanted: Wanted
    trials: Trials

    @cached_property
    def _graph(self) -> Graph:
        return self.trials.graph

    def shape(self, name: str) -> Shape:
        return self._graph[name].shape

    def element(self, name: str, index: int, row: int | None = None) -> str:
        shape = self._graph[name].shape
        return self._range(name, [index if row is None else row * shape[-1] + index])

    def vector(self, name: str, start: int = 0, stop: int | None = None) -> str:
        return self._range(name, range(start, self.shape(name)[-1] if stop is None else stop))

    def column(self, name: str, index: int, matrix: int | None = None) -> str:
        rows, columns = self._graph[name].shape[-2:]
        first = 0 if matrix is None else matrix * rows * columns
        return self._range(name, [first + row * columns + index for row in range(rows)])

    def row(self, name: str, index: int, start: int, stop: int, matrix: int | None = None) -> str:
        rows, columns = self._graph[name].shape[-2:]
        first = (0 if matrix is None else matrix * rows * columns) + index * columns
        return self._range(name, range(first + start, first + stop))

    def entry(self, name: str, row: int, column: int) -> str:
        return self._range(name, [row * self.shape(name)[-1] + column])

    def is_across(self, name: str) -> bool:
        area = None if self.shape(name)[-1] == 1 else self._area(name, range(self.shape(name)[-1]))
        return area is not None and area.columns > 1

    def _range(self, name: str, elements: Sequence[int]) -> str:
        area = self._area(name, elements)
        sheet = "" if area.sheet == self.wanted.sheet else f"{quote_sheet(area.sheet)}!"
        return sheet + (area.fixed() if self._graph[name].is_weight else area.a1)

    def _area(self, name: str, elements: Sequence[int]) -> Range:
        """The range in which elements stand in their order.

        Raises:
            NotSupportedError: there is none.
        """
        own = (self.wanted.sample, self.wanted.sheet)
        cells = [next(self.trials.cells_of(name, element, *own), None) for element in elements]
        (sheet, first), *_ = found = [cell for cell in cells if cell is not None] or [("", 0)]
        steps = np.diff([code for _, code in found])
        in_line = steps.size == 0 or (set(steps.tolist()) in ({1}, {code_at(1, 0)}))
        if len(found) != len(cells) or {name for name, _ in found} != {sheet} or not sheet or not in_line:
            raise NotSupportedError(f"{name} stands in no one range")
        down = steps.size and steps[0] == code_at(1, 0)
        row, column = position(first)
        return Range(sheet, row, column, len(found) if down else 1, 1 if down else len(found))
