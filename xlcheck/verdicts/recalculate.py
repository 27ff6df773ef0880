"""Let an engine compute a workbook for every sample, and read whole ranges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from xlcheck.arrays import Array
from xlcheck.engines.base import Session
from xlcheck.formulas.addresses import Range
from xlcheck.frozen import dataclass
from xlcheck.workbook.cell_codes import Codes, Mask, position
from xlcheck.workbook.content import Value

# Equal to no value.
_NO_TEXT = object()


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
    changing = [i for i, alive in enumerate(live) if alive]
    fixed = [i for i, alive in enumerate(live) if not alive]
    numbers = {False: np.empty((1, 0)), True: np.empty((len(settings), sum(areas[i].size for i in changing)))}
    others: list[dict[tuple[int, int], Value]] = [{} for _ in areas]
    for setting, sample in enumerate(settings):
        if selector is not None:
            session.set(selector.sheet, selector.top, selector.left, float(sample + 1))
        session.recalculate()
        read = changing if setting else changing + fixed
        packed = session.read_all([areas[i] for i in read])
        row = np.frombuffer(packed.numbers) if len(packed.numbers) else np.empty(0)
        numbers[True][setting], rest = np.split(row, [numbers[True].shape[1]])
        if not setting:
            numbers[False] = rest.reshape(1, -1)
        _distribute(packed.others, [areas[i].size for i in read], read, others, setting, texts)
    readings: dict[int, Reading] = {}
    for alive, places in ((True, changing), (False, fixed)):
        end = 0
        for i in places:
            start, end = end, end + areas[i].size
            readings[i] = _repeated(
                Reading(areas[i], numbers[alive][:, start:end], others[i], texts.get(i)), len(settings)
            )
    return [readings[i] for i in range(len(areas))]


def _distribute(
    found: Mapping[int, Value],
    sizes: Sequence[int],
    read: Sequence[int],
    others: Sequence[dict[tuple[int, int], Value]],
    setting: int,
    texts: Mapping[int, str],
) -> None:
    """Give the values that are no numbers to the ranges that were read."""
    ends = np.cumsum(sizes)
    places = np.fromiter(found, dtype=np.int64, count=len(found))
    ranges = np.searchsorted(ends, places, side="right")
    cells = places - (ends - sizes)[ranges]
    for i, cell, value in zip(ranges.tolist(), cells.tolist(), found.values(), strict=True):
        if value != texts.get(read[i], _NO_TEXT):
            others[read[i]][setting, cell] = value


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
    if len(reading.numbers) == settings:
        return reading
    numbers = np.broadcast_to(reading.numbers, (settings, reading.area.size))
    others = {(setting, cell): value for (_, cell), value in reading.others.items() for setting in range(settings)}
    return replace(reading, numbers=numbers, others=others)
