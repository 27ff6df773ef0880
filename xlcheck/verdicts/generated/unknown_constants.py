"""Cells that are no part of the network and that its formulas read all the same.

`…+EXP(-Mine!A1*(F31-Mine!A2)^2)` holds no number, and yet is another function somewhere, as it would be with the
numbers written into it. So a number that a formula for a quantity takes from a cell on a worksheet of somebody else's
must be one that might stand in the formula (`unknown_parts`). And on the worksheets that xlcheck made a quantity
reads, through whatever formulas, cells of the network and the one that selects the sample, and no other: not a number
with which a reader chooses what a picture shows, be it 1 now, not a label, and not what is empty until somebody types
there.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache

import numpy as np

from xlcheck.formulas.addresses import Range, quote_sheet
from xlcheck.formulas.inner_numbers import steady
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.unknown_parts import NOTHING, ZERO, Known
from xlcheck.workbook.cell_codes import Codes, address, codes_of, contained, first_gap, inside, union
from xlcheck.workbook.manifest import Manifest

Cell = tuple[str, int]
Computed = Iterable[tuple[str, str, Codes]]
"""Quantity, worksheet and cells."""


class UnknownConstants:
    """The cells of a workbook that are none of its network.

    Args:
        formulas: the workbook's formulas.
        manifest: where the network stands.
        own_sheets: the worksheets that xlcheck made.
        every: whether every formula is read, and not only those that name a worksheet without any quantity.
    """

    def __init__(self, formulas: FormulaCells, manifest: Manifest, own_sheets: Collection[str], *, every: bool) -> None:
        self._formulas = formulas
        self._own = own_sheets
        self._every = every
        quantities = [*(binding.area for binding in manifest.bindings), *(table.reading for table in manifest.tables)]
        self._shown_on = {area.sheet for area in quantities}
        self._areas = [*quantities, *filter(None, [manifest.selector])]
        self._bound = cache(self._cells_of_the_network)
        self._inside = cache(self._strange)  # most ranges are read by many

    def read_by(self, known: Mapping[str, Known], computed: Computed) -> Iterator[tuple[Cell, str]]:
        """The cells that read one of which their equation does not know, each with which one that is.

        Args:
            known: what the formulas of each quantity may hold.
            computed: the cells; of those of which nothing is known nothing is asked.
        """
        words = None if self._every else self._words()
        if words is not None and not words:
            return
        for name, sheet, codes in computed:
            for code in self._asked(sheet, codes, words) if name in known else ():
                if (found := self._unknown(sheet, code, known[name])) is not None:
                    yield (sheet, code), found

    def _asked(self, sheet: str, codes: Codes, words: Sequence[str] | None) -> Iterable[int]:
        if words is None:
            return map(int, codes)
        return self._formulas.said(sheet, codes, lambda text: any(word in text.upper() for word in words))

    def _words(self) -> list[str]:
        """In capitals, what stands in a formula that reads a worksheet on which no quantity stands."""
        others = [name.upper() for name, _ in self._formulas.by_sheet() if name not in self._shown_on]
        named = [name for name, text in self._formulas.names.items() if any(other in text.upper() for other in others)]
        return [*(other.replace("'", "''") for other in others), *(name.rpartition("!")[2].upper() for name in named)]

    def _unknown(self, sheet: str, code: int, known: Known) -> str | None:
        """What a formula reads, at once or through formulas that are no quantities, and does not know; None if none."""
        seen, stack = {(sheet, code)}, [(sheet, code)]
        while stack:
            for area in self._formulas.reads(*stack.pop()):
                constants, formulas = self._inside(area)
                for place, number in constants:
                    if not known.is_own(abs(number)):
                        return self._said_of(area.sheet, place)
                if formulas:
                    more = {(area.sheet, c) for c in formulas} - seen
                    if (found := next(filter(self._makes_a_number, sorted(more)), None)) is not None:
                        return f"the number that {quote_sheet(found[0])}!{address(found[1])} makes of cells, {NOTHING}"
                    stack.extend(more)
                    seen |= more
        return None

    def _said_of(self, sheet: str, code: int) -> str:
        cell = self._formulas.cell(sheet, code)
        kind = "empty cell" if cell is None else "number in" if isinstance(cell.value, int | float) else "text in"
        return f"the {kind} {quote_sheet(sheet)}!{address(code)}, {NOTHING}"

    def _makes_a_number(self, cell: Cell) -> bool:
        """Whether a formula reads cells and gives one number, whatever stands in them, as `F31/F31` does."""
        read = self._formulas.reads(*cell)
        text = self._formulas.text(*cell) or ""
        if not read or (len(read) == len(set(read)) and ZERO.search(text) is None):
            return False
        return steady(text) is not None

    def _cells_of_the_network(self, sheet: str) -> Codes:
        """Those of a worksheet, ascending."""
        return union([codes_of(area) for area in self._areas if area.sheet == sheet])

    def _strange(self, area: Range) -> tuple[list[tuple[int, float]], list[int]]:
        """What of a range is none of the network: cells without formulas, and the formulas.

        In place of what might stand in no formula is NaN: text, nothing, and anything on a worksheet of xlcheck's.
        """
        bound = inside(self._bound(area.sheet), area)
        if bound.size == area.size:
            return [], []
        codes, numbers = self._formulas.numbers_within(area)
        formulas = self._formulas.within(area)
        gap = first_gap(area, union([codes, bound]))
        typed = ~(contained(codes, bound) | contained(codes, formulas))
        if area.sheet in self._own:
            numbers = np.full(codes.shape, math.nan)
        constants = [*zip(codes[typed].tolist(), numbers[typed].tolist(), strict=True)]
        empty = [] if gap is None else [(gap, math.nan)]
        return [*constants, *empty], formulas[~contained(formulas, bound)].tolist()
