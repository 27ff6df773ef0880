"""A formula filled down a column: its text with gaps for the numbers that change from cell to cell.

A whole column of a layer needs printing only once: the references of its cells differ in a row or
a column that moves by a fixed step, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from xlcheck.errors import NotSupportedError
from xlcheck.formulas.addresses import column_name

_GAP = 7
_MARK = "\0"
_Kind = TypeVar("_Kind")


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


class Gaps(Generic[_Kind]):
    """Gaps in a text that is being printed: a mark stands for each."""

    def __init__(self) -> None:
        self._found: list[_Kind] = []

    def mark(self, gap: _Kind) -> str:
        """What is printed in the place of a gap."""
        self._found.append(gap)
        return f"{_MARK}{len(self._found) - 1}{_MARK}"

    def cut(self, text: str) -> tuple[list[str], list[_Kind]]:
        """The pieces of a printed text between its marks, and the gap behind each but the last."""
        pieces = text.split(_MARK)  # every second piece is the number of a gap
        return pieces[::2], [self._found[int(piece)] for piece in pieces[1::2]]


def pattern_of(text: str, gaps: Gaps[Gap]) -> Pattern:
    """A printed text with its marks turned into gaps."""
    texts, found = gaps.cut(text)
    parts = [part for pair in zip(texts, found, strict=False) for part in pair]
    return Pattern(tuple(part for part in (*parts, texts[-1]) if part != ""))


class NotOpenError(NotSupportedError):
    """An operation needs to know a number that is left open."""


@dataclass(frozen=True, eq=False)
class Open:
    """A number that is left open while a formula is printed, plus an offset.

    Attributes:
        mark: what is printed in its place.
        axis: of what it is the number.
    """

    mark: Callable[[Open], str]
    axis: str = ""
    offset: int = 0

    def __add__(self, other: int) -> Open:
        return replace(self, offset=self.offset + other)

    __radd__ = __add__

    def __format__(self, spec: str) -> str:
        return self.mark(self)

    def _refuse(self, *_: object) -> bool:
        raise NotOpenError("the pieces of a joined vector differ, so it needs a quantity of its own")

    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __sub__ = __mul__ = __divmod__ = _refuse
    __index__ = __int__ = _refuse
