"""Parts that are the same in many files, unpacked and parsed once: of a class's submissions most are.

What a worksheet part holds depends on its bytes and on the file's shared texts, which it names by their numbers. So a
part that was met before needs only its texts anew. Nothing is taken from a part that differs in a single byte.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from xlcheck.workbook.content import Cell
from xlcheck.workbook.number_formats import OddFormats, odd_formats
from xlcheck.workbook.sheet_cells import Cells, parse_cells

_KEPT = 64
"""Worksheets; each small (large ones are parsed elsewhere), and those of a single file soon make room."""
_KEPT_PACKED = 256
"""Parts of any kind, as they stand in the archive."""

Packed = tuple[bytes, int, int, int]
"""What stands in an archive for a part, how it is packed, and which size and checksum it says it has."""


class _Sheet(NamedTuple):
    """What a worksheet holds, which of its cells hold a shared text and its number, and these texts."""

    cells: Cells
    places: list[tuple[tuple[int, int], int]]
    texts: list[str]


class SeenSheets:
    """The parts that one process has met lately."""

    def __init__(self) -> None:
        self._sheets: OrderedDict[tuple[bytes, int], _Sheet] = OrderedDict()
        self._parts: OrderedDict[Packed, bytes] = OrderedDict()
        self._formats: tuple[bytes, OddFormats] = b"", OddFormats()

    def part(self, packed: Packed) -> bytes | None:
        """The XML of a part in which nothing harmful was found; None if it was not met before."""
        if packed not in self._parts:
            return None
        self._parts.move_to_end(packed)
        return self._parts[packed]

    def keep(self, packed: Packed, content: bytes) -> None:
        """Note what a part unpacks to, in which nothing harmful was found."""
        self._parts[packed] = content
        if len(self._parts) > _KEPT_PACKED:
            self._parts.popitem(last=False)

    def cells(self, content: bytes, strings: Sequence[str]) -> Mapping[tuple[int, int], Cell]:
        """All cells of a worksheet that hold something, which nobody can change; see `parse_cells`."""
        key = content, len(strings)
        known = self._sheets.get(key)
        if known is None:
            self._sheets[key] = known = _parsed(content, strings)
            if len(self._sheets) > _KEPT:
                self._sheets.popitem(last=False)
        self._sheets.move_to_end(key)
        texts = [strings[number] for _, number in known.places]
        if texts == known.texts:
            return MappingProxyType(known.cells)
        cells = dict(known.cells)
        for (place, _), before, text in zip(known.places, known.texts, texts, strict=True):
            if text != before:
                cells[place] = replace(cells[place], value=text)
        return cells

    def formats(self, styles: bytes) -> OddFormats:
        """The formats that show other numbers; see `odd_formats`."""
        if self._formats[0] != styles:
            self._formats = styles, odd_formats(styles)
        return self._formats[1]


def _parsed(content: bytes, strings: Sequence[str]) -> _Sheet:
    cells = parse_cells(content, strings)
    places = [
        (place, cell.shared)
        for place, cell in cells.items()
        if cell.shared is not None and isinstance(cell.value, str)  # and not a text that the file lacks
    ]
    return _Sheet(cells, places, [strings[number] for _, number in places])
