"""Worksheets that are the same in many files, parsed once: of a class's submissions most are.

What a worksheet part holds depends on its bytes and on the file's shared texts, which it names by their numbers. So a
part that was met before needs only its texts anew. Nothing is taken from a part that differs in a single byte.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

from xlcheck.workbook.content import Cell
from xlcheck.workbook.number_formats import OddFormats, odd_formats
from xlcheck.workbook.sheet_cells import Cells, parse_cells

_KEPT = 64
"""Parts; each small (large ones are parsed elsewhere), and those of a single file soon make room."""


class SeenSheets:
    """The worksheet parts that one process has met lately."""

    def __init__(self) -> None:
        self._sheets: OrderedDict[tuple[bytes, int], tuple[Cells, list[tuple[tuple[int, int], int]]]] = OrderedDict()
        self._formats: tuple[bytes, OddFormats] = b"", OddFormats()

    def cells(self, content: bytes, strings: Sequence[str]) -> Cells:
        """All cells of a worksheet that hold something; see `parse_cells`."""
        key = content, len(strings)
        if key not in self._sheets:
            found = parse_cells(content, [_Numbered(text, number) for number, text in enumerate(strings)])
            texts = [(p, cell.value.number) for p, cell in found.items() if isinstance(cell.value, _Numbered)]
            self._sheets[key] = found, texts
            if len(self._sheets) > _KEPT:
                self._sheets.popitem(last=False)
        self._sheets.move_to_end(key)
        found, texts = self._sheets[key]
        cells = dict(found)
        for place, number in texts:
            cells[place] = _holding(cells[place], strings[number])
        return cells

    def formats(self, styles: bytes) -> OddFormats:
        """The formats that show other numbers; see `odd_formats`."""
        if self._formats[0] != styles:
            self._formats = styles, odd_formats(styles)
        return self._formats[1]


class _Numbered(str):
    """A shared text that knows its number."""

    __slots__ = ("number",)

    def __new__(cls, text: str, number: int) -> _Numbered:
        found = super().__new__(cls, text)
        found.number = number
        return found

    number: int


def _holding(cell: Cell, text: str) -> Cell:
    return Cell(text) if cell.formula is None else replace(cell, value=text)
