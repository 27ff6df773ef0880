"""Stored values that are not what the formulas give.

Programs that do not calculate show the value that was stored when a file was last saved. The
check never trusts it; it says where it is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from xlcheck.check.formula_cells import FormulaCells
from xlcheck.check.placement import codes_of, is_number
from xlcheck.check.recalculate import Reading
from xlcheck.excel.values import NotEvaluated, Value

# Whoever saved the file may have rounded to 15 digits and have summed in another order.
_LIMIT = 1e-12


@dataclass(frozen=True)
class Stale:
    """A formula cell's stored value, and the value that its formula gives."""

    sheet: str
    code: int
    cached: Value
    actual: Value


def find_stale(readings: Iterable[Reading], setting: int, formulas: FormulaCells) -> Iterator[Stale]:
    """Compare stored values with recalculated ones; a cell without a stored value is not stale.

    Args:
        readings: what the engine computed.
        setting: the position of the selector in the saved file.
        formulas: the workbook's formulas and stored values.
    """
    for reading in readings:
        codes = codes_of(reading.area)
        for cell in np.flatnonzero(formulas.holds(reading.area.sheet, codes)):
            found = formulas.cell(reading.area.sheet, codes[cell])
            actual = reading.value(setting, int(cell))
            if found is not None and not _same(found.value, actual):
                yield Stale(reading.area.sheet, int(codes[cell]), found.value, actual)


def _same(cached: Value, actual: Value) -> bool:
    if cached is None or isinstance(actual, NotEvaluated):
        return True
    if is_number(cached) and is_number(actual):
        return abs(cached - actual) <= _LIMIT * max(1.0, abs(actual))
    return type(cached) is type(actual) and cached == actual
