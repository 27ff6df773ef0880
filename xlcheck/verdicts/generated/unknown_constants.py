"""Numbers in cells that are no part of the network and that its formulas read all the same.

`…+EXP(-Mine!A1*(F31-Mine!A2)^2)` holds no number, and yet is another function somewhere, as it would be with the
numbers written into it. So a number that a formula for a quantity takes from a cell which is none of the network's must
be one that might stand in the formula (`unknown_parts`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache

from xlcheck.arrays import Array
from xlcheck.formulas.addresses import Range, quote_sheet
from xlcheck.formulas.inner_numbers import steady
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.unknown_parts import NOTHING, ZERO, Known
from xlcheck.workbook.cell_codes import Codes, address, by_sheet, codes_of, contained, within
from xlcheck.workbook.manifest import Manifest

Cell = tuple[str, int]
Computed = Iterable[tuple[str, str, Codes]]
"""Quantity, worksheet and cells."""


class UnknownConstants:
    """The numbers of a workbook that are none of its network.

    Args:
        formulas: the workbook's formulas.
        manifest: where the network stands.
        own_sheets: the worksheets that xlcheck made.
        every: whether every formula is read, and not only those that name a worksheet of somebody else's.
    """

    def __init__(self, formulas: FormulaCells, manifest: Manifest, own_sheets: Collection[str], *, every: bool) -> None:
        self._formulas = formulas
        self._own = own_sheets
        self._every = every
        areas = [*(binding.area for binding in manifest.bindings), *filter(None, [manifest.selector])]
        self._bound = cache(lambda sheet: by_sheet((sheet, codes_of(a)) for a in areas if a.sheet == sheet).get(sheet))
        self._free = cache(self._numbers_on)
        self._inside = cache(self._strange)  # most ranges are read by many

    def read_by(self, known: Mapping[str, Known], computed: Computed) -> Iterator[tuple[Cell, str]]:
        """The cells that read a number which their equation does not know, each with which number that is.

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
        """In capitals, what stands in a formula that reads a number on a worksheet of somebody else's."""
        others = [
            name.upper() for name, _ in self._formulas.by_sheet() if name not in self._own and self._free(name)[0].size
        ]
        named = [name for name, text in self._formulas.names.items() if any(other in text.upper() for other in others)]
        return [*(other.replace("'", "''") for other in others), *(name.rpartition("!")[2].upper() for name in named)]

    def _unknown(self, sheet: str, code: int, known: Known) -> str | None:
        """A number that a formula reads, at once or through formulas that are no quantities; None if it knows all."""
        seen, stack = {(sheet, code)}, [(sheet, code)]
        while stack:
            for area in self._formulas.reads(*stack.pop()):
                numbers, formulas = self._inside(area)
                for place, number in numbers:
                    if not known.is_own(abs(number)):
                        return f"the number in {quote_sheet(area.sheet)}!{address(place)}, {NOTHING}"
                if formulas:
                    more = {(area.sheet, c) for c in formulas} - seen
                    if (found := next(filter(self._makes_a_number, sorted(more)), None)) is not None:
                        return f"the number that {quote_sheet(found[0])}!{address(found[1])} makes of cells, {NOTHING}"
                    stack.extend(more)
                    seen |= more
        return None

    def _makes_a_number(self, cell: Cell) -> bool:
        """Whether a formula reads cells and gives one number, whatever stands in them, as `F31/F31` does."""
        read = self._formulas.reads(*cell)
        text = self._formulas.text(*cell) or ""
        if not read or (len(read) == len(set(read)) and ZERO.search(text) is None):
            return False
        return steady(text) is not None

    def _strange(self, area: Range) -> tuple[list[tuple[int, float]], list[int]]:
        """What of a range is none of the network: the typed numbers, and the formulas that are looked at."""
        codes, numbers = self._free(area.sheet)
        read = within(codes, area)
        formulas = self._every or area.sheet not in self._own
        inside = self._not_bound(area.sheet, self._formulas.within(area)).tolist() if formulas else []
        return [*zip(codes[read].tolist(), numbers[read].tolist(), strict=True)], inside

    def _numbers_on(self, sheet: str) -> tuple[Codes, Array]:
        """The numbers that are typed on a worksheet and are none of the network; none of one that was not read."""
        codes, numbers = self._formulas.typed_numbers(sheet)
        free = self._not_bound(sheet, codes)
        return free, numbers[contained(codes, free)]

    def _not_bound(self, sheet: str, codes: Codes) -> Codes:
        bound = self._bound(sheet)
        return codes if bound is None or not codes.size else codes[~contained(codes, bound)]
