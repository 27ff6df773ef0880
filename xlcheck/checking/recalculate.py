"""Let an engine compute a workbook for every sample, and read whole ranges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from xlcheck.checking.placement import Array, Codes, Mask, only_numbers, position
from xlcheck.engines.base import Session
from xlcheck.excel.addresses import Range
from xlcheck.excel.values import Value


@dataclass(frozen=True)
class Reading:
    """What an engine computed for one range in every setting; see `Sighting` for the fields.

    Attributes:
        text: what stands in every cell that is not in `others`, if the range should hold one text.
    """

    area: Range
    numbers: Array
    others: dict[tuple[int, int], Value]
    text: str | None = None

    def value(self, setting: int, cell: int) -> Value:
        """The value of one cell."""
        key = (setting, cell)
        if key in self.others:
            return self.others[key]
        return float(self.numbers[setting, cell]) if self.text is None else self.text

    def holds_text(self, setting: int, text: str) -> Mask:
        """Which cells hold a text."""
        found = np.full(self.area.size, self.text == text)
        for (other, cell), value in self.others.items():
            if other == setting:
                found[cell] = value == text
        return found


def recalculate(
    session: Session,
    areas: Sequence[Range],
    live: Sequence[bool],
    selector: Range | None,
    settings: Sequence[int],
    texts: Mapping[int, str] | None = None,
) -> list[Reading]:
    """Compute the workbook for every position of the selector and read the ranges each time.

    Args:
        session: the workbook.
        areas: what to read.
        live: for each range, whether it holds formulas; constants are read once.
        selector: the cell that selects the sample, or None.
        settings: the sample for each setting; the selector holds it counted from 1.
        texts: for ranges, by place in `areas`, whose cells should all hold one text: the text.
    """
    texts = texts or {}
    numbers = [
        np.full((len(settings) if alive else 1, 1 if i in texts else area.size), np.nan)
        for i, (area, alive) in enumerate(zip(areas, live, strict=True))
    ]
    others: list[dict[tuple[int, int], Value]] = [{} for _ in areas]
    for setting, sample in enumerate(settings):
        if selector is not None:
            session.set(selector.sheet, selector.top, selector.left, float(sample + 1))
        session.recalculate()
        for i, area in enumerate(areas):
            if not live[i] and setting > 0:
                continue
            values = list(chain.from_iterable(session.read(area)))
            if i in texts:
                found = {cell: value for cell, value in enumerate(values) if value != texts[i]}
            else:
                numbers[i][setting], found = only_numbers(values)
            others[i].update({(setting, cell): value for cell, value in found.items()})
    return [
        _repeated(Reading(area, n, o, texts.get(i)), len(settings))
        for i, (area, n, o) in enumerate(zip(areas, numbers, others, strict=True))
    ]


def runs(cells: Iterable[tuple[str, Codes]]) -> list[Range]:
    """Cover cells of each worksheet with ranges of one column, as long as possible."""
    ranges = []
    for sheet, codes in cells:
        down = sorted((column, row) for row, column in map(position, codes))
        start = 0
        for i in range(1, len(down) + 1):
            if i == len(down) or down[i] != (down[i - 1][0], down[i - 1][1] + 1):
                column, row = down[start]
                ranges.append(Range(sheet, row, column, i - start, 1))
                start = i
    return ranges


def _repeated(reading: Reading, settings: int) -> Reading:
    """The same reading with one row for every setting."""
    numbers = np.broadcast_to(reading.numbers, (settings, reading.area.size))
    if len(reading.numbers) == settings:
        return replace(reading, numbers=numbers)
    others = {(setting, cell): value for (_, cell), value in reading.others.items() for setting in range(settings)}
    return replace(reading, numbers=numbers, others=others)
