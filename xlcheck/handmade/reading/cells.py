"""The cells of a workbook in one list, and their values as an engine computes them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from operator import itemgetter
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from xlcheck.engines.base import Session
from xlcheck.formulas.addresses import Range, cell_name, parse_range, quote_sheet
from xlcheck.formulas.algebra import Address
from xlcheck.formulas.evaluate import parsed_names
from xlcheck.formulas.scalars import OpaqueError, Scalar
from xlcheck.formulas.shapes import is_filled_from
from xlcheck.formulas.tree import Node
from xlcheck.handmade import effort
from xlcheck.handmade.reading.counting import counting
from xlcheck.workbook.cell_codes import Positions, rectangles
from xlcheck.workbook.content import Cell, CellError, NotEvaluated, Value, WorkbookContent
from xlcheck.workbook.packed_cells import PackedCells

Numbers = NDArray[np.float64]
Areas = tuple[list[Range], Positions]
"""Ranges, and the position of each of their cells in the list; -1 for a cell that is not in it."""

_COMPUTES_REFERENCES = re.compile(r"\b(?:OFFSET|INDIRECT)\(", re.IGNORECASE)
_SMALL = 4_000
"""Cells of a workbook up to which one large rectangle is read faster than many small ones."""
_MOST_PASSES = 200

_FAR = 500
"""Cells up to the word that is said of a column or row."""
_RUN = 3
"""Numbers in line that count something, as rows are numbered."""
_FROZEN = "__xludf.DUMMYFUNCTION("
"""In what Google Sheets writes for a formula that Excel does not know: IFERROR of this, and the value that it had."""
_NO_FORMULA = NotEvaluated("Google Sheets saved its value and no formula that another program can compute")


def beside(cell: Address) -> Iterator[Address]:
    """The cells to the right and left of one, then those below and above."""
    sheet, row, column = cell
    yield from ((sheet, row + down, column + right) for down, right in ((0, 1), (0, -1), (1, 0), (-1, 0)))


def address_of(sheet: str, cell: str) -> Address:
    """The address of a cell that a report names: the inverse of its worksheet and `B2`."""
    area = parse_range(cell, sheet)
    return (sheet, area.top, area.left)


def show(cell: Address) -> str:
    """An address as a formula writes it, with its worksheet: `Sheet1!B2`."""
    return f"{quote_sheet(cell[0])}!{cell_name(cell[1], cell[2])}"


@dataclass(frozen=True)
class CellValues:
    """What stands in the cells after a recalculation.

    Attributes:
        numbers: one number for each cell of the table; NaN where there is none.
        others: whatever is no number, by position in the table.
    """

    numbers: Numbers
    others: Mapping[int, Value]

    def __getitem__(self, position: int) -> Value:
        if position in self.others:
            return self.others[position]
        return float(self.numbers[position])

    def at(self, positions: Sequence[int]) -> CellValues:
        """What stands in some of the cells, in this order."""
        others = {i: self.others[p] for i, p in enumerate(positions) if p in self.others}
        return CellValues(self.numbers[np.array(positions, dtype=np.intp)], others)


class CellTable:
    """All cells of a workbook that are not empty, in the file's order: sheet by sheet, row by row.

    Args:
        content: the workbook as read.
        beyond: the cells that are not empty, but left out of it.
        inside: the cells whose numbers stand inside of formulas in the file.
        stands_for: a cell that the file does not have, in which an input is scaled → the cell of this input.

    Attributes:
        addresses: the cells.
        index: the position of each of them.
        formulas: the positions of the formula cells.
        texts: the formula of each of these, without `=`.
        words: the constants that are texts.
        arrays: the range of the array formula that a cell belongs to, where it belongs to one.
    """

    def __init__(
        self,
        content: WorkbookContent,
        beyond: Collection[Address] = (),
        inside: Collection[Address] = (),
        stands_for: Mapping[Address, Address] = MappingProxyType({}),
    ) -> None:
        self.content, self.beyond, self.inside, self.stands_for = content, beyond, inside, stands_for
        self.addresses: list[Address] = []
        self.texts: dict[Address, str] = {}
        self.words: dict[Address, str] = {}
        self.arrays: dict[Address, str] = {}
        for name, sheet in content.sheets.items():
            in_order = isinstance(sheet.cells, PackedCells)
            for (row, column), cell in (
                sheet.cells.items() if in_order else sorted(sheet.cells.items(), key=itemgetter(0))
            ):
                address = (name, row, column)
                self.addresses.append(address)
                if cell.formula is not None:
                    self.texts[address] = cell.formula
                elif isinstance(cell.value, str):
                    self.words[address] = cell.value
                if cell.array is not None:
                    self.arrays[address] = cell.array
        self.index: dict[Address, int] = {address: i for i, address in enumerate(self.addresses)}
        self.formulas: list[int] = [self.index[address] for address in self.texts]
        self._frozen = [self.index[address] for address, text in self.texts.items() if _FROZEN in text]

    def __len__(self) -> int:
        return len(self.addresses)

    def cell(self, address: Address) -> Cell | None:
        """What the file holds at an address, or None for an empty cell."""
        sheet = self.content.sheets.get(address[0])
        return None if sheet is None else sheet.cells.get(address[1:])

    def formula(self, address: Address) -> str | None:
        """The formula there, with `=`; None if none stands there."""
        return f"={self.texts[address]}" if address in self.texts else None

    def constant(self, address: Address) -> Scalar:
        """What the file stores for a cell; see `scalar_of`."""
        cell = self.cell(address)
        return scalar_of(None if cell is None else cell.value)

    def value(self, address: Address, values: CellValues) -> Value:
        """What an engine computed for a cell; None for an empty one."""
        position = self.index.get(address)
        return None if position is None else values[position]

    def with_texts(self, texts: Mapping[Address, str]) -> CellTable:
        """The same cells with other formulas in some, to be compared as texts.

        Args:
            texts: formula cell → its other formula, without `=`.
        """
        other = copy(self)
        other.texts = {**self.texts, **texts}
        other.__dict__.pop("computing_references", None)
        return other

    def is_formula(self, address: Address) -> bool:
        """Whether a formula stands there."""
        return address in self.texts

    def fills(self, cell: Address, other: Address) -> bool:
        """Whether the formula of one cell becomes that of another one where it is filled there."""
        return is_filled_from(self.texts[cell], cell[1:], self.texts[other], other[1:])

    @cached_property
    def typed_numbers(self) -> Mapping[Address, float]:
        """The cells in which a number was typed, and the number."""
        cells = ((address, self.cell(address)) for address in self.addresses)
        constants = ((address, cell.value) for address, cell in cells if cell is not None and cell.formula is None)
        return {address: value for address, value in constants if isinstance(value, float)}

    def is_number(self, address: Address) -> bool:
        """Whether a number was typed there."""
        cell = self.cell(address)
        return cell is not None and cell.formula is None and isinstance(cell.value, float)

    def is_operand(self, address: Address) -> bool:
        """Whether a formula stands there, or a typed number."""
        return self.is_formula(address) or self.is_number(address)

    def may_count(self, address: Address) -> bool:
        """Whether a number was typed there that may count something: a whole one, not below 0."""
        cell = self.cell(address)
        value = None if cell is None or cell.formula is not None else cell.value
        return isinstance(value, float) and value.is_integer() and value >= 0

    @cached_property
    def computing_references(self) -> frozenset[Address]:
        """The formulas that compute what they read, as OFFSET does; the names that they call may do so for them."""
        if any(map(_COMPUTES_REFERENCES.search, self.content.names.values())):
            return frozenset(self.texts)
        return frozenset(cell for cell, text in self.texts.items() if _COMPUTES_REFERENCES.search(text))

    def numbering(self, read: Collection[Address]) -> set[Address]:
        """Typed numbers that only number rows or columns: three in line or more, each one more, and none of them read.

        Args:
            read: the cells that formulas read.
        """
        found: set[Address] = set()
        for run in self._counting:
            last = max((place for place, cell in enumerate(run) if cell in read), default=-1)
            found |= {*run[last + 1 :]} if len(run) - last > _RUN else set()
        return found

    @cached_property
    def _counting(self) -> list[list[Address]]:
        return [*counting(self.addresses, self.typed_numbers)]

    def is_data_table(self, address: Address) -> bool:
        """Whether the cell belongs to a what-if data table, which shows results for other inputs."""
        return self.texts.get(address, "").startswith("TABLE(")

    def spill(self, cell: Address) -> Range:
        """The range that the array formula of a cell fills; the cell itself if it holds none."""
        return parse_range(self.arrays.get(cell, cell_name(*cell[1:])), cell[0])

    @cached_property
    def bounds(self) -> dict[str, Range]:
        """The used range of each worksheet that is not empty."""
        bounds = {}
        for name, sheet in self.content.sheets.items():
            if sheet.cells:
                rows = [row for row, _ in sheet.cells]
                columns = [column for _, column in sheet.cells]
                top, left = min(rows), min(columns)
                bounds[name] = Range(name, top, left, max(rows) - top + 1, max(columns) - left + 1)
        return bounds

    def names(self) -> dict[str, Node]:
        """What defined names stand for, by the names in small letters, where it is a formula."""
        return parsed_names(self.content.names)

    def next_words(self, cell: Address, *, over_blanks: bool = True) -> Iterator[str]:
        """The next typed word to the left of a cell, and the next one above it; numbers may stand between."""
        yield from filter(None, (self.next_word(cell, above=above, over_blanks=over_blanks) for above in (False, True)))

    def next_word(self, cell: Address, *, above: bool, over_blanks: bool = True) -> str:
        """The next typed word to the left of a cell, or above it; empty if there is none."""
        sheet, row, column = cell
        places = (
            ((sheet, k, column) for k in range(row)[::-1]) if above else ((sheet, row, k) for k in range(column)[::-1])
        )
        for place in islice(places, _FAR):
            found = self.cell(place)
            if found is not None and isinstance(found.value, str) and found.formula is None and found.value.strip():
                return unicodedata.normalize("NFKC", found.value)
            if found is None and not over_blanks:
                break
        return ""

    def clip(self, area: Range) -> Range:
        """The part of a whole-column or whole-row reference that can hold something; other ranges as they are."""
        used = self.bounds.get(area.sheet)
        if used is None or area.size <= 10_000:
            return area
        bottom = min(area.top + area.rows, used.top + used.rows)
        right = min(area.left + area.columns, used.left + used.columns)
        return Range(area.sheet, area.top, area.left, max(1, bottom - area.top), max(1, right - area.left))

    def cells_in(self, area: Range, sheet: str) -> list[Address]:
        """The cells of a range that a formula on a worksheet reads, of whole columns those that can hold something."""
        own = Range(area.sheet or sheet, area.top, area.left, area.rows, area.columns)
        return [(own.sheet, *place) for place in self.clip(own).cells()]

    @cached_property
    def _all_areas(self) -> Areas:
        return _joined(rectangles(self.addresses))

    @cached_property
    def _formula_areas(self) -> Areas:
        positions = np.array(self.formulas, dtype=np.intp)
        found = rectangles([self.addresses[i] for i in self.formulas])
        if len(found) > len(self.bounds) and sum(area.size for area in self.bounds.values()) < _SMALL:
            return _joined([self._whole(sheet) for sheet in self.bounds])
        return _joined([(area, positions[numbers]) for area, numbers in found])

    def _whole(self, sheet: str) -> tuple[Range, Positions]:
        area = self.bounds[sheet]
        return area, np.array([self.index.get((sheet, *cell), -1) for cell in area.cells()], dtype=np.intp)

    @cached_property
    def has_arrays(self) -> bool:
        """Whether an array formula fills more than one cell."""
        return any(":" in area for area in self.arrays.values())

    def recalculate(self, session: Session, *, formulas_only: bool = False) -> CellValues:
        """Recalculate and read.

        IronCalc 0.9 may compute a cell before the array formula that it reads; so with array formulas it is
        asked again until nothing changes.
        """
        session.recalculate()
        values = self.read(session, formulas_only=formulas_only)
        for _ in range(_MOST_PASSES if self.has_arrays else 0):
            session.recalculate()
            before, values = values, self.read(session, formulas_only=formulas_only)
            if np.array_equal(before.numbers, values.numbers, equal_nan=True) and before.others == values.others:
                break
        return values

    def read(self, session: Session, *, formulas_only: bool = False) -> CellValues:
        """The values of all cells, or of the formula cells, after `session.recalculate()`."""
        areas, places = self._formula_areas if formulas_only else self._all_areas
        with effort.waiting((len(self), formulas_only)):
            packed = session.read_all(areas)
        numbers = np.full(len(self) + 1, np.nan)  # the last one is for empty cells
        numbers[places] = np.frombuffer(packed.numbers) if len(packed.numbers) else np.empty(0)
        others: dict[int, Value] = {}
        for place, value in packed.others.items():
            position = int(places[place])
            if type(value) is float:  # an infinity
                numbers[position] = value
            elif position >= 0:
                others[position] = value
        for position in self._frozen:
            numbers[position], others[position] = np.nan, _NO_FORMULA
        return CellValues(numbers[:-1], others)


def scalar_of(value: Value) -> Scalar:
    """A value for formulas to go on with.

    Raises:
        OpaqueError: it is an error, or nobody knows it.
    """
    if isinstance(value, CellError | NotEvaluated):
        raise OpaqueError(f"it reads a cell that holds {value}")
    return value


def _joined(found: list[tuple[Range, Positions]]) -> Areas:
    positions = [own for _, own in found]
    return [area for area, _ in found], np.concatenate(positions) if positions else np.empty(0, dtype=np.intp)
