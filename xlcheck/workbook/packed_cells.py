"""The cells of a large worksheet in a few arrays: a tenth of the memory of one object for each cell."""

from __future__ import annotations

from collections.abc import Collection, ItemsView, Iterator, Mapping, ValuesView
from dataclasses import field
from functools import cached_property
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from xlcheck.frozen import dataclass
from xlcheck.workbook.cell_codes import Codes, code_at, positions
from xlcheck.workbook.content import Cell, ConstantCells, SheetContent, Value

Position = tuple[int, int]


@dataclass(frozen=True, eq=False)
class PackedCells(Mapping[Position, Cell]):
    """(row, column) → cell, as a worksheet's content needs it, and whole columns of it as arrays.

    Attributes:
        codes: row times columns of the grid plus column of each cell, ascending, `(cells,)`.
        numbers: the cells' values, NaN where they are no numbers, `(cells,)`.
        others: the values that are no numbers, by place in `codes`.
        formula_codes: those codes that hold a formula, ascending.
        formulas: their texts without `=`.
        arrays: ranges of array formulas, by place in `codes`.
        styles: the number of each cell's style, `(cells,)`.
        shared: the numbers of the shared texts that cells hold, by place in `codes`.
    """

    codes: Codes
    numbers: NDArray[np.float64]
    others: Mapping[int, Value]
    formula_codes: Codes
    formulas: list[str]
    styles: NDArray[np.uint32]
    arrays: Mapping[int, str] = field(default_factory=dict)
    shared: Mapping[int, int] = field(default_factory=dict)

    @staticmethod
    def of(cells: Mapping[Position, Cell]) -> PackedCells:
        """Pack what another mapping holds."""
        if isinstance(cells, ConstantCells):
            cells = cells.cells
        if isinstance(cells, PackedCells):
            return cells
        items = sorted(cells.items())
        numbers = np.full(len(items), np.nan)
        others: dict[int, Value] = {}
        for place, (_, cell) in enumerate(items):
            if type(cell.value) in {float, int}:
                numbers[place] = cell.value
            else:
                others[place] = cell.value
        return PackedCells(
            np.array([code_at(*position) for position, _ in items], dtype=np.int64),
            numbers,
            others,
            np.array([code_at(*position) for position, cell in items if cell.formula is not None], dtype=np.int64),
            [cell.formula for _, cell in items if cell.formula is not None],
            np.array([cell.style for _, cell in items], dtype=np.uint32),
            {place: cell.array for place, (_, cell) in enumerate(items) if cell.array is not None},
            {place: cell.shared for place, (_, cell) in enumerate(items) if cell.shared is not None},
        )

    def __len__(self) -> int:
        return self.codes.size

    def __iter__(self) -> Iterator[Position]:
        rows, columns = positions(self.codes)
        return zip(rows.tolist(), columns.tolist(), strict=True)

    def __getitem__(self, position: Position) -> Cell:
        code = code_at(*position)
        place = int(np.searchsorted(self.codes, code))
        if place == self.codes.size or self.codes[place] != code:
            raise KeyError(position)
        return self._cell(place, self.formula(code))

    def items(self) -> ItemsView[Position, Cell]:
        """As of any mapping, without looking each cell up."""
        return _Items(self)

    def values(self) -> ValuesView[Cell]:
        """As of any mapping, without looking each cell up."""
        return _Values(self)

    def where(self, keep: NDArray[np.bool_]) -> PackedCells:
        """The cells for which a mask is true, `(cells,)`."""
        if keep.all():
            return self
        places = np.cumsum(keep) - 1
        kept = keep[np.searchsorted(self.codes, self.formula_codes)]
        return PackedCells(
            self.codes[keep],
            self.numbers[keep],
            {int(places[place]): value for place, value in self.others.items() if keep[place]},
            self.formula_codes[kept],
            list(compress(self.formulas, kept.tolist())),
            self.styles[keep],
            {int(places[place]): area for place, area in self.arrays.items() if keep[place]},
            {int(places[place]): number for place, number in self.shared.items() if keep[place]},
        )

    def formula(self, code: int) -> str | None:
        """The formula of one cell."""
        return self._formula_at.get(code)

    @cached_property
    def _formula_at(self) -> Mapping[int, str]:
        return dict(zip(self.formula_codes.tolist(), self.formulas, strict=True))

    def stored(self, codes: Codes) -> tuple[NDArray[np.float64], dict[int, Value]]:
        """Values of cells: numbers, NaN elsewhere, and by place in `codes` whatever is no number (None if empty)."""
        if not self.codes.size:
            return np.full(codes.shape, np.nan), dict.fromkeys(range(codes.size))
        places = np.minimum(np.searchsorted(self.codes, codes), self.codes.size - 1)
        found = self.codes[places] == codes
        numbers = np.where(found, self.numbers[places], np.nan)
        odd = np.flatnonzero(np.isnan(numbers)).tolist()
        return numbers, {i: self.others.get(int(places[i])) if found[i] else None for i in odd}

    def without_value(self) -> int:
        """How many formula cells have no stored value."""
        empty = np.array([place for place, value in self.others.items() if value is None], dtype=np.int64)
        return sum(self.formula(code) is not None for code in self.codes[empty].tolist())

    def each(self) -> Iterator[Cell]:
        """The cells in order."""
        return (self._cell(place, self.formula(code)) for place, code in enumerate(self.codes.tolist()))

    def _cell(self, place: int, formula: str | None) -> Cell:
        value = self.others[place] if place in self.others else float(self.numbers[place])
        return Cell(value, formula, self.arrays.get(place), int(self.styles[place]), self.shared.get(place))


def with_styles(sheet: SheetContent, styles: Collection[int]) -> Iterator[tuple[Position, Cell]]:
    """The cells of a worksheet that have one of these styles; a large one of constants is not read if none has."""
    cells = sheet.cells
    if isinstance(cells, ConstantCells) and sheet.part is not None:
        if 0 not in styles and not any(b's="%d"' % style in sheet.part.content for style in styles):
            return iter(())
        cells = cells.cells
    if isinstance(cells, PackedCells):
        cells = cells.where(np.isin(cells.styles, [*styles]))
    return ((place, cell) for place, cell in cells.items() if cell.style in styles)


class _Items(ItemsView[Position, Cell]):
    def __iter__(self) -> Iterator[tuple[Position, Cell]]:
        packed: PackedCells = self._mapping  # type: ignore[attr-defined]
        return zip(packed, packed.each(), strict=True)


class _Values(ValuesView[Cell]):
    def __iter__(self) -> Iterator[Cell]:
        packed: PackedCells = self._mapping  # type: ignore[attr-defined]
        return packed.each()
