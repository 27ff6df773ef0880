"""The protocol that every formula engine stands behind: open a saved workbook, set, recalculate, read."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol, cast

from xlcheck.formulas.addresses import Range
from xlcheck.workbook.content import Value


class PackedValues(NamedTuple):
    """The values of many cells in a form that passes quickly from one process to another.

    Attributes:
        numbers: the finite numbers as float64; NaN where there is none.
        others: place → whatever is no finite number.
    """

    numbers: array[float]
    others: Mapping[int, Value]

    @staticmethod
    def of(ranges: Iterable[Sequence[Value]]) -> PackedValues:
        """Pack the values of ranges; TRUE and FALSE are no numbers."""
        numbers = array("d")
        others: dict[int, Value] = {}
        for values in ranges:
            kinds = set(map(type, values))
            # A sum is finite only if all its terms are.
            if kinds == {float} and math.isfinite(sum(cast("Sequence[float]", values))):
                numbers += array("d", cast("Sequence[float]", values))
                continue
            if kinds == {str} and len(set(values)) == 1:  # a column of verdicts
                others |= dict.fromkeys(range(len(numbers), len(numbers) + len(values)), values[0])
                numbers += array("d", [math.nan]) * len(values)
                continue
            for place, value in enumerate(values, start=len(numbers)):
                if type(value) in {float, int} and math.isfinite(cast("float", value)):
                    numbers.append(cast("float", value))
                else:
                    numbers.append(math.nan)
                    others[place] = value
        return PackedValues(numbers, others)


class Formula(str):
    """A formula to put into a cell, without `=`; an empty one empties it. Any other text stays a text."""

    __slots__ = ()


class Session(Protocol):
    """One workbook that an engine has loaded. The file on disk is never changed."""

    def set(self, sheet: str, row: int, column: int, value: float | str) -> None:
        """Put a constant into a cell (row and column from 0); takes effect at the next `recalculate`.

        An engine that `takes_formulas` also takes a `Formula`.
        """

    def recalculate(self) -> None:
        """Compute every formula anew; cached values of the file are never used.

        An engine may put it off until the next reading, which then says what is wrong.
        """

    def read_all(self, areas: Sequence[Range]) -> PackedValues:
        """Values of several ranges, one after the other; `NotEvaluated` where the engine cannot compute a formula.

        To be called after `recalculate`.
        """

    def read(self, area: Range) -> list[list[Value]]:
        """Values of one range, row by row; see `read_all`."""
        numbers, others = self.read_all([area])
        values = [others.get(place, number) for place, number in enumerate(numbers)]
        return [values[start : start + area.columns] for start in range(0, area.size, area.columns)]


class Engine(Protocol):
    """A formula engine.

    Attributes:
        name: `ironcalc`, `cellrune`, `formulon` or `libreoffice`.
        absolute_tolerance: the precision with which it hands values back (LibreOffice writes 15 digits).
        takes_formulas: whether formulas can be put into the cells of a workbook that it has loaded.
    """

    name: str
    absolute_tolerance: float
    takes_formulas: bool

    @property
    def version(self) -> str:
        """The engine's version, for reports."""

    def open(self, path: Path) -> Session:
        """Load a saved workbook.

        Raises:
            EngineError: the engine cannot read it.
            WorkbookError: nobody should; see `open_container`.
        """
