"""Images: what a network reads and what its layers make of it, as pictures: a cell a pixel, dark where it is large."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from xlcheck.arrays import Array
from xlcheck.graph.quantities import Band, Graph, Quantity, Role, in_time
from xlcheck.grouping import grouped
from xlcheck.layout.common import choose, heading, title
from xlcheck.layout.draft import Draft, reference
from xlcheck.layout.sheet import SheetDraft
from xlcheck.texts import say
from xlcheck.workbook.number_formats import digits_shown
from xlcheck.workbook.plan import ColorScale
from xlcheck.workbook.styles import STYLES

NAME = "Images"
_TOP, _CHOICE, _LABEL = 4, 9, 13
_ACROSS = 60  # pixels that have room beside each other on a screen
_CHANNELS = 8  # of a layer that are shown
_PIXELS = 12_000  # that are shown in all
_LARGE, _NONE, _NEGATIVE = "#7DA7D9", "#FFFFFF", "#F4B26A"
_LEAST = 3.6  # letters of a column


def images_of(graph: Graph) -> Mapping[Band, Sequence[Quantity]]:
    """What the network reads and what its layers answer, as far as these are images, row by row."""
    rows = grouped((q.band, q) for q in graph if q.band.columns and q.band.role in (Role.INPUT, Role.OUTPUT))
    pixels, shown = 0, {}
    for band, members in rows.items():
        pixels += band.columns * len(members) * min(_channels(members), _CHANNELS)
        if pixels <= _PIXELS:
            shown[band] = in_time(members)
    return shown


def images_sheet(draft: Draft) -> None:
    """Fill the sheet, where something is an image; every quantity has its place by then."""
    sheet = draft.sheet(NAME, "output")
    title(sheet, NAME, say("images.intro"), _ACROSS // 2)
    choose(draft, sheet, 2, _CHOICE, label=_LABEL)
    row = _TOP
    for band, members in images_of(draft.graph).items():
        row = _pictures(draft, sheet, row, band, members) + 1
    sheet.freeze = (3, 0)


def _channels(members: Sequence[Quantity]) -> int:
    return members[0].shape[-1] // members[0].band.columns


def _pictures(draft: Draft, sheet: SheetDraft, row: int, band: Band, members: Sequence[Quantity]) -> int:
    """A picture for each channel, beside each other as long as there is room; returns the row after them."""
    channels, high, wide = _channels(members), len(members), band.columns
    values = np.stack([draft.trace[q.name] for q in members], axis=1)
    left_out = say("images.left_out", channels=_CHANNELS) if channels > _CHANNELS else ""
    several = say("images.several", channels=channels, left_out=left_out) if channels > 1 else ""
    heading(sheet, row, say("images.pixels", layer=band.layer, high=high, wide=wide, several=several), _ACROSS)
    style = "pixel" if np.abs(values).max() < 10 else "pixel_whole"
    beside = max(1, (_ACROSS + 1) // (wide + 1))
    row += 1
    for channel in range(min(channels, _CHANNELS)):
        line, place = divmod(channel, beside)
        top, left = row + line * (high + 2), place * (wide + 1)
        if channels > 1:
            sheet.put(top, left, say("images.channel", channel=channel + 1), "hint")
        for r, q in enumerate(members):
            area = draft.placed(q.name)
            for column in range(wide):
                unit = column * channels + channel
                text = reference(area.cell(unit), NAME)
                draft.helper(sheet, top + 1 + r, left + column, text, values[:, r, unit].tolist(), style)
        sheet.scales.append(ColorScale(sheet.at(top + 1, left, high, wide), shades(values)))
    lines = -(-min(channels, _CHANNELS) // beside)
    needed = max(digits_shown(STYLES[style]["num_format"], float(end)) for end in (values.min(), values.max()))
    for column in range(min(beside * (wide + 1), max(_ACROSS, wide))):
        sheet.widths[column] = max(_LEAST, needed + 0.6, sheet.widths.get(column, 0.0))
    return row + lines * (high + 2)


def shades(values: Array) -> tuple[tuple[float, str], ...]:
    """White at 0; as dark as can be at the largest number; orange at the smallest one, if that is negative."""
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    stops = [(low, _NEGATIVE), (0.0, _NONE), (high, _LARGE)]
    kept = [stop for stop, after in pairwise(stops) if stop[0] < after[0]] + stops[-1:]
    return tuple(kept) if len(kept) > 1 else ((0.0, _NONE), (1.0, _LARGE))
