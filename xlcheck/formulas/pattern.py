"""A formula filled down a column: its text with gaps for the numbers that change from cell to cell.

A whole column of a layer needs printing only once: the references of its cells differ in a row or
a column that moves by a fixed step, or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass

from xlcheck.formulas.addresses import column_name

_GAP = 7


@dataclass(frozen=True, slots=True)
class Number:
    """A gap for a whole number: `first` in the first cell, `step` more in each one below."""

    first: int
    step: int = 1

    def at(self, index: int) -> str:
        """The text in the cell with this index, from 0."""
        return str(self.first + self.step * index)


@dataclass(frozen=True, slots=True)
class Letters:
    """A gap for the letters of a column, given by its index from 0."""

    first: int
    step: int = 1

    def at(self, index: int) -> str:
        """The text in the cell with this index, from 0."""
        return column_name(self.first + self.step * index)


Gap = Number | Letters


@dataclass(frozen=True)
class Pattern:
    """The formula of every cell of a column, without `=`: literal text and gaps in turn."""

    parts: tuple[str | Gap, ...]

    def at(self, index: int) -> str:
        """The formula of the cell with this index, from 0."""
        return "".join(part if isinstance(part, str) else part.at(index) for part in self.parts)

    @property
    def longest(self) -> int:
        """So many characters a cell's formula has at most: a row of a worksheet has seven digits, a column three."""
        return sum(len(part) if isinstance(part, str) else _GAP for part in self.parts)


Formulas = Pattern | tuple[str, ...]
"""The formulas of a column's cells: filled down, or one text each where no pattern fits."""


def formula_at(formulas: Formulas, index: int) -> str:
    """The formula of one cell, without `=`."""
    return formulas.at(index) if isinstance(formulas, Pattern) else formulas[index]


def row_number(row: int) -> Number:
    """The gap for a row, given by its index from 0."""
    return Number(row + 1, 1)
