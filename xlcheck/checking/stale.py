"""Stored values that are not what the formulas give.

Programs that do not calculate show the value that was stored when a file was last saved. The
check never trusts it; it says where it is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from xlcheck.checking.formula_cells import FormulaCells
from xlcheck.checking.placement import Array, Mask, codes_of
from xlcheck.checking.recalculate import Reading
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
        cached, others = formulas.stored(reading.area)
        same = _same_numbers(cached, reading.numbers[setting])
        if reading.text is not None:
            same |= _same_text(others, reading.text, reading.holds_text(setting, reading.text))
        for cell in np.flatnonzero(~same & formulas.holds(reading.area.sheet, codes)).tolist():
            value = reading.value(setting, cell)
            kept = others[cell] if cell in others else float(cached[cell])
            if not _same(kept, value):
                yield Stale(reading.area.sheet, int(codes[cell]), kept, value)


def _same_numbers(cached: Array, actual: Array) -> Mask:
    with np.errstate(invalid="ignore"):
        return np.less_equal(np.abs(cached - actual), _LIMIT * np.maximum(1.0, np.abs(actual)))


def _same_text(cached: Mapping[int, Value], text: str, actual: Mask) -> Mask:
    """Which cells hold the text both in the file and when recalculated."""
    same = np.zeros(actual.shape, dtype=bool)
    same[[cell for cell, value in cached.items() if value == text]] = True
    return same & actual


def _same(cached: Value, actual: Value) -> bool:
    """Whether two values of which at least one is no number are the same, or nothing is known of one."""
    unknown = cached is None or isinstance(actual, NotEvaluated)
    return unknown or (type(cached) is type(actual) and cached == actual)
