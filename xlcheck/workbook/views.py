"""Views: formula cells that show numbers of the time step, and of the unit, that two cells of the worksheet choose.

What such a cell should give depends on what stands in these cells when the file is checked. It follows from the
trace, so that the manifest need not hold it for every step and unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from xlcheck.formulas.addresses import Range, parse_range
from xlcheck.frozen import dataclass
from xlcheck.graph.trace import Trace
from xlcheck.workbook.bindings import Helper
from xlcheck.workbook.content import WorkbookContent


@dataclass(frozen=True, slots=True)
class Factor:
    """What a view shows, or multiplies.

    Attributes:
        shift: how many steps later than the chosen one; -1 is the step before, at first the initial state.
        complement: whether it is one minus the number.
        unit: which element, from 0, if it is not the chosen one.
    """

    band: str
    shift: int = 0
    complement: bool = False
    unit: int | None = None

    def values(self, trace: Trace, step: int, unit: int) -> np.ndarray:
        """The number for every sample; a band of one element has it for every unit.

        Raises:
            KeyError: there is no such quantity.
        """
        names = (f"{self.band}[{step + self.shift}]", f"{self.band}_init" if self.shift else self.band)
        array = next((trace[name] for name in names if name in trace), None)
        if array is None:
            raise KeyError(names[0])
        rows = array.reshape(len(array), -1)
        own = unit if self.unit is None else self.unit
        numbers = rows[:, own if rows.shape[1] > 1 else 0]
        return 1 - numbers if self.complement else numbers


@dataclass(frozen=True, slots=True)
class View:
    """A formula cell whose value depends on the chosen step and unit.

    Attributes:
        cell: where it stands.
        formula: its text as written, without `=`.
        step: the cell with the number of the step, from 1; None if there is one.
        unit: the cell with the number of the unit, from 1; None if there is one.
        factors: what it shows, multiplied.
        items: what it shows instead, for each step the text, or the number, for each sample.
        atol: how far a number may lie from the right one for rounding, besides what is usual.
    """

    cell: Range
    formula: str
    step: Range | None
    unit: Range | None
    factors: tuple[Factor, ...] = ()
    items: tuple[tuple[float | str, ...], ...] = ()
    atol: float = 0.0

    def helper(self, trace: Trace, chosen: Mapping[Range, int]) -> Helper:
        """What the cell should give with these choices.

        Raises:
            LookupError: the trace has no such number.
        """
        step, unit = (0 if cell is None else chosen.get(cell, 1) - 1 for cell in (self.step, self.unit))
        if self.items:
            return Helper(self.cell, self.formula, self.items[step], self.atol)
        values = np.multiply.reduce([factor.values(trace, step, unit) for factor in self.factors])
        return Helper(self.cell, self.formula, tuple(values.tolist()))

    def to_json(self) -> list[Any]:
        """As it stands in the manifest."""
        cells = [None if cell is None else str(cell) for cell in (self.step, self.unit)]
        factors = [[f.band, f.shift, f.complement, *([] if f.unit is None else [f.unit])] for f in self.factors]
        items = [list(row) for row in self.items]
        return [str(self.cell), self.formula, *cells, factors, items, *([self.atol] if self.atol else [])]

    @staticmethod
    def from_json(data: Sequence[Any]) -> View:
        """The inverse of `to_json`."""
        cell, formula, step, unit, factors, items, *atol = data
        return View(
            parse_range(cell), str(formula),
            None if step is None else parse_range(step),
            None if unit is None else parse_range(unit),
            tuple(_factor(*factor) for factor in factors),
            tuple(tuple(item if isinstance(item, str) else float(item) for item in row) for row in items),
            *map(float, atol),
        )  # fmt: skip


def _factor(band: Any, shift: Any, complement: Any, unit: Any = None) -> Factor:
    return Factor(str(band), int(shift), bool(complement), None if unit is None else int(unit))


def in_view(views: Sequence[View], trace: Trace, content: WorkbookContent) -> tuple[Helper, ...]:
    """What every view should give in a workbook, by what is chosen there.

    Raises:
        LookupError: a view shows what does not exist, or what nobody could choose is chosen.
    """
    cells = {cell for view in views for cell in (view.step, view.unit) if cell is not None}
    return tuple(view.helper(trace, {cell: _chosen(content, cell) for cell in cells}) for view in views)


def _chosen(content: WorkbookContent, cell: Range) -> int:
    """The number in a cell; of anything that is no whole number 1."""
    found = content.sheets[cell.sheet].cells.get((cell.top, cell.left)) if cell.sheet in content.sheets else None
    value = None if found is None else found.value
    return int(value) if isinstance(value, int | float) and value == int(value) and value >= 1 else 1
