"""Which cells of a workbook hold a formula, as sorted arrays that whole ranges can be looked up in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from xlcheck.arrays import Array
from xlcheck.engines.differences import Circumstances, differs_by_form, may_differ, named_ranges
from xlcheck.formulas.addresses import Range
from xlcheck.formulas.alike import kinds, may_name_cells
from xlcheck.formulas.references import References
from xlcheck.workbook.cell_codes import Codes, Mask, codes_of, contained, inside, position, within
from xlcheck.workbook.content import Cell, ConstantCells, Value, WorkbookContent
from xlcheck.workbook.packed_cells import PackedCells

QUICK_CELLS = 10_000
"""Up to so many formula cells a check does what may take as long as computing them."""
T = TypeVar("T")
_NOTHING = PackedCells.of({})
_OF_PLACES = ("ROW", "COLUMN", "ISREF")
_PLACE_ONLY = re.compile(r"(?<![\w.])(?:ROWS?|COLUMNS?|ISREF)\([^()]*\)", re.IGNORECASE)


class FormulaCells:
    """The formula cells of a workbook, by worksheet.

    Attributes:
        shows_stored: whether a reader sees the stored values.
    """

    def __init__(self, content: WorkbookContent) -> None:
        self.shows_stored = content.calculation.shows_stored
        self.names = content.names
        self._read = lru_cache(maxsize=2 * QUICK_CELLS)(
            References(content.names, content.sheets).of
        )  # asked for by several
        self._sheets = {name: sheet.cells for name, sheet in content.sheets.items()}
        self._packed: dict[str, PackedCells] = {}
        self._look_like_cells = any(map(may_name_cells, content.sheets))  # the names of worksheets
        self._kinds_on: dict[str, tuple[NDArray[np.int32], list[str]]] = {}

    def by_sheet(self) -> list[tuple[str, Codes]]:
        """Each worksheet's name and its formula cells."""
        return [(name, self.on(name)) for name in self._sheets]

    def on(self, sheet: str) -> Codes:
        """The formula cells of a worksheet, in ascending order."""
        constant = isinstance(self._sheets.get(sheet), ConstantCells)
        return (_NOTHING if constant else self._on(sheet)).formula_codes

    def holds(self, sheet: str, codes: Codes) -> Mask:
        """For each cell, whether it holds a formula."""
        return contained(codes, self.on(sheet))

    def without_value(self) -> int:
        """How many formula cells have no stored value."""
        return sum(self._on(name).without_value() for name, codes in self.by_sheet() if codes.size)

    def within(self, area: Range) -> Codes:
        """The formula cells of a range."""
        return inside(self.on(area.sheet), area)

    def is_read(self, sheet: str) -> bool:
        """Whether a worksheet's cells were read; large ones without formulas are only when somebody asks."""
        return not isinstance(self._sheets.get(sheet), ConstantCells)

    def fills(self, sheet: str, codes: Codes) -> Mask:
        """For each cell, whether it holds anything."""
        return contained(codes, self._on(sheet).codes)

    def constants_within(self, area: Range) -> Codes:
        """The cells of a range that hold something else than a formula."""
        filled = inside(self._on(area.sheet).codes, area)
        return filled[~contained(filled, self.on(area.sheet))]

    def typed_numbers(self, sheet: str) -> tuple[Codes, Array]:
        """The cells of a worksheet that hold a number and no formula, ascending, and these; none if it was not read."""
        packed = self._on(sheet) if self.is_read(sheet) else _NOTHING
        typed = ~(np.isnan(packed.numbers) | contained(packed.codes, packed.formula_codes))
        return packed.codes[typed], packed.numbers[typed]

    def numbers_within(self, area: Range) -> tuple[Codes, Array]:
        """The cells of a range that hold something, ascending, and the number in each; NaN for what is none."""
        packed = self._on(area.sheet)
        codes = inside(packed.codes, area)
        return codes, packed.numbers[packed.codes.searchsorted(codes)]

    def cell(self, sheet: str, code: int) -> Cell | None:
        """What stands in a cell; None if it is empty."""
        return self._on(sheet).get(position(code))

    def stored(self, sheet: str, codes: Codes) -> tuple[Array, dict[int, Value]]:
        """What the file stores for cells; see `PackedCells.stored`."""
        return self._on(sheet).stored(codes)

    def text(self, sheet: str, code: int) -> str | None:
        """A cell's formula with `=`, or None."""
        formula = self._on(sheet).formula(int(code))
        return None if formula is None else f"={formula}"

    def is_array(self, sheet: str, code: int) -> bool:
        """Whether a cell holds an array formula."""
        cell = self.cell(sheet, code)
        return cell is not None and cell.array is not None

    def said(self, sheet: str, codes: Codes, says: Callable[[str], T | None]) -> dict[int, T]:
        """What is said of the formulas of some cells of a worksheet, by cell, where anything is.

        Args:
            sheet: the worksheet.
            codes: the cells.
            says: something of a formula, without `=`, whatever cells it reads; so it is asked about one of each kind,
                and about the others only if it says anything of that.
        """
        every = codes[self.holds(sheet, codes)]
        if not every.size:
            return {}
        numbers, first = self._kinds(sheet)
        own = numbers[self.on(sheet).searchsorted(every)]
        there = np.flatnonzero(np.bincount(own, minlength=len(first))).tolist()
        named = np.zeros(len(first), dtype=bool)
        named[[number for number in there if says(first[number])]] = True
        text_of = self._on(sheet).formula
        return {code: what for code in every[named[own]].tolist() if (what := says(str(text_of(code))))}

    def _kinds(self, sheet: str) -> tuple[NDArray[np.int32], list[str]]:
        """The number of the kind of each formula of a worksheet, and the first formula of each kind."""
        if sheet not in self._kinds_on:
            formulas = self._on(sheet).formulas
            own, first = (range(len(formulas)), formulas) if self._look_like_cells else kinds(formulas)
            self._kinds_on[sheet] = np.array(own, dtype=np.int32), first
        return self._kinds_on[sheet]

    def that_differ(self, engine: str, written: Mapping[str, Codes]) -> Iterator[tuple[str, int, str]]:
        """Worksheet and cell of the formulas of a form that an engine computes otherwise than Excel, and how.

        Args:
            engine: its name.
            written: for each worksheet the cells with a formula that xlcheck writes: none is of such a form.
        """
        ranges = named_ranges(self.names)
        for sheet, codes in self.by_sheet():
            unwritten = codes[~contained(codes, written.get(sheet, codes[:0]))]
            for code in self.said(sheet, unwritten, lambda text: may_differ(engine, text, ranges)):
                cell = self._on(sheet)[position(code)]
                found = Circumstances(str(cell.formula), in_array=cell.array is not None, ranges=ranges)
                if why := differs_by_form(engine, found):
                    yield sheet, code, why

    def texts(self, area: Range) -> list[str | None]:
        """The formulas of a part of a column, without `=`."""
        return list(map(self._on(area.sheet).formula, codes_of(area).tolist()))

    def reads(self, sheet: str, code: int) -> list[Range]:
        """The ranges that a cell's formula reads."""
        text = self.text(sheet, code)
        return [] if text is None else self._read(text, sheet)

    def computes_with(self, sheet: str, code: int) -> list[Range]:
        """The same without those of which it takes only where they are and how large, as `ROW(A1)` does."""
        text = self.text(sheet, code)
        if text is None:
            return []
        mentions = text.upper()  # searched faster than by the expression, and nearly always in vain
        if any(name in mentions for name in _OF_PLACES):
            text = _PLACE_ONLY.sub("0", text)
        return self._read(text, sheet)

    def _on(self, sheet: str) -> PackedCells:
        if sheet not in self._packed:
            self._packed[sheet] = PackedCells.of(self._sheets.get(sheet, {}))
        return self._packed[sheet]


class Upstream:
    """Whether cells read some others, at once or through other formulas; what does not is not looked at again.

    Args:
        formulas: the workbook's formulas.
        sought: worksheet → the cells that may be read, ascending.
        closed: worksheet → cells past which nobody looks, ascending.
    """

    def __init__(
        self, formulas: FormulaCells, sought: Mapping[str, Codes], closed: Mapping[str, Codes] = MappingProxyType({})
    ) -> None:
        self._formulas = formulas
        self._sought = sought
        self._closed = closed
        self._innocent: set[tuple[str, int]] = set()

    def reads(self, sheet: str, code: int) -> bool:
        """Whether a cell reads one of those that are sought."""
        seen = {(sheet, code)}
        stack = [(sheet, code)]
        while stack:
            for area in self._formulas.reads(*stack.pop()):
                sought = self._sought.get(area.sheet)
                if sought is not None and within(sought, area).any():
                    return True
                codes = self._formulas.within(area)
                codes = codes[~contained(codes, self._closed.get(area.sheet, codes[:0]))]
                more = {(area.sheet, c) for c in codes.tolist()} - seen - self._innocent
                seen |= more
                stack.extend(more)
        self._innocent |= seen
        return False
