"""Stored values that are not what the formulas give.

Programs that do not calculate show the value that was stored when a file was last saved, and so does Excel unless the
file tells it to calculate first. The check never trusts it; it says where it is wrong.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from xlcheck.arrays import Array
from xlcheck.frozen import dataclass
from xlcheck.grouping import grouped
from xlcheck.verdicts.formula_cells import FormulaCells
from xlcheck.verdicts.placement import is_number
from xlcheck.verdicts.ranges import Verdicts
from xlcheck.verdicts.recalculate import Reading
from xlcheck.verdicts.tolerance import Tolerance
from xlcheck.workbook.cell_codes import Mask, codes_of, contained
from xlcheck.workbook.content import NotEvaluated, Value

# Whoever saved the file may have rounded to 15 digits and have summed in another order.
_LIMIT = 1e-12


@dataclass(frozen=True)
class Stale:
    """A formula cell's stored value, and the value that its formula gives; and whether Excel shows the stored one."""

    sheet: str
    code: int
    cached: Value
    actual: Value
    is_shown: bool = False


def find_stale(readings: Iterable[Reading], setting: int, formulas: FormulaCells) -> Iterator[Stale]:
    """Compare stored values with recalculated ones; a cell without a stored value is not stale.

    The setting is the position of the selector in the saved file.
    """
    for sheet, own in grouped((reading.area.sheet, reading) for reading in readings).items():
        yield from _stale_on(sheet, own, setting, formulas)


def wrongly_shown(
    stale: Sequence[Stale], verdicts: Iterable[Verdicts], setting: int, tolerance: Tolerance
) -> Iterator[Stale]:
    """Those whose stored value is not the oracle's: of the others, whoever sees the stored value sees a right one.

    The setting is the position of the selector in the saved file.
    """
    sought = {sheet: np.unique(codes) for sheet, codes in grouped((cell.sheet, cell.code) for cell in stale).items()}
    desired: dict[tuple[str, int], tuple[float, float]] = {}
    for v in verdicts if stale else ():
        place, wanted = v.placement, v.desired[setting if len(v.desired) > 1 else 0]
        limit = tolerance.of(place.quantity).limit(v.scale)
        for index in np.flatnonzero(contained(place.codes, sought.get(place.sheet, place.codes[:0]))).tolist():
            desired[place.sheet, int(place.codes[index])] = float(wanted[index]), limit
    for cell in stale:
        number, limit = desired.get((cell.sheet, cell.code), (math.nan, 0.0))
        if not (is_number(cell.cached) and abs(cell.cached - number) <= limit):
            yield cell


def _stale_on(sheet: str, readings: Sequence[Reading], setting: int, formulas: FormulaCells) -> Iterator[Stale]:
    """The stale cells of one worksheet."""
    codes = np.concatenate([codes_of(reading.area) for reading in readings])
    cached, others = formulas.stored(sheet, codes)
    same = _same_numbers(cached, np.concatenate([reading.numbers[setting] for reading in readings]))
    ends = np.cumsum([reading.area.size for reading in readings])
    for reading, end in zip(readings, ends.tolist(), strict=True):
        if reading.text is not None:
            start = end - reading.area.size
            kept = [others.get(cell) == reading.text for cell in range(start, end)]
            same[start:end] |= kept & reading.holds_text(setting, reading.text)
    for cell in np.flatnonzero(~same & formulas.holds(sheet, codes)).tolist():
        place = int(np.searchsorted(ends, cell, side="right"))
        reading = readings[place]
        value = reading.value(setting, cell - int(ends[place]) + reading.area.size)
        stored = others[cell] if cell in others else float(cached[cell])
        if not _same(stored, value):
            yield Stale(sheet, int(codes[cell]), stored, value, formulas.shows_stored)


def _same_numbers(cached: Array, actual: Array) -> Mask:
    with np.errstate(invalid="ignore"):
        return np.less_equal(np.abs(cached - actual), _LIMIT * np.maximum(1.0, np.abs(actual)))


def _same(cached: Value, actual: Value) -> bool:
    """Whether two values of which at least one is no number are the same, or nothing is known of one."""
    unknown = cached is None or isinstance(actual, NotEvaluated)
    return unknown or (type(cached) is type(actual) and cached == actual)
