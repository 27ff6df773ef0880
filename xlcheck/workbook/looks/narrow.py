"""Numbers that do not fit into their columns: a program shows `###` in their place, or fewer digits than there are.

How wide letters are depends on the program, its fonts and the screen. So only digits are counted, in the normal font as
a column's width is, and what is reported is too narrow by any reckoning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from xml.etree.ElementTree import Element

import numpy as np

from xlcheck.formulas.addresses import Range, cell_name, quote_sheet, range_or_none
from xlcheck.workbook.cell_codes import position, positions
from xlcheck.workbook.content import Cell
from xlcheck.workbook.number_formats import Formats, digits_shown
from xlcheck.workbook.packed_cells import PackedCells
from xlcheck.workbook.xml_tree import number_in

_USUAL = 8.43  # of which nothing is said
_HALF = 0.5
_SLACK = 0.85
"""The digits of some fonts are narrower than those of others of the same size."""


class Widths:
    """How wide a number must be in each style of cells."""

    def __init__(self, styles: Element | None, formats: Formats) -> None:
        self._formats = formats
        self._letters: list[tuple[float, int]] = []
        if styles is not None:
            sizes = [_size(font) for font in styles.iterfind("fonts/font")] or [0.0]
            for style in styles.iterfind("cellXfs/xf"):
                font, alignment = style.get("fontId", ""), style.find("alignment")
                size = sizes[int(font)] if font.isdigit() and int(font) < len(sizes) else sizes[0]
                indent = "0" if alignment is None else alignment.get("indent", "0")
                larger = size / sizes[0] if size and sizes[0] else 1.0
                self._letters.append((_SLACK * larger, int(indent) if indent.isdigit() else 0))
        self._widest = max((self.of(style, _HALF) for style in range(len(self._letters))), default=1.0)

    def of(self, style: int, value: float) -> float:
        """How many digits of the normal font a number fills at least in a style."""
        letter, indent = self._letters[style] if style < len(self._letters) else (_SLACK, 0)
        return digits_shown(self._formats.code(style), value) * letter + indent

    def too_narrow(
        self, name: str, root: Element, merges: Sequence[Range], cells: Mapping[tuple[int, int], Cell]
    ) -> Iterator[str]:
        """The first number of a worksheet that does not fit, as a sentence.

        Args:
            name: the worksheet's.
            root: what stands there beside the cells.
            merges: its merged cells, whose first one is as wide as all of them.
            cells: what they hold.
        """
        widths, default = _widths(root)
        narrow = [column for column, width in widths.items() if width < self._widest]
        if not narrow and (default is None or default >= self._widest):
            return
        packed = PackedCells.of(cells)
        wide = {(area.top, area.left): area.columns for area in merges}
        looked_at = ~np.isnan(packed.numbers)
        if default is None or default >= self._widest:
            looked_at &= np.isin(positions(packed.codes)[1], narrow)
        for code, number, style in zip(
            packed.codes[looked_at].tolist(), packed.numbers[looked_at].tolist(), packed.styles[looked_at].tolist(),
            strict=True,
        ):  # fmt: skip
            place = row, column = position(code)
            columns = range(column, column + wide.get(place, 1))
            width = sum(widths.get(at, default or _USUAL) for at in columns)
            if width and width < self.of(style, number):
                yield f"{quote_sheet(name)}!{cell_name(row, column)} is too narrow for its number"
                return


def merged(root: Element, sheet: str) -> list[Range]:
    """The merged cells of a worksheet."""
    found = (range_or_none(item.get("ref", ""), sheet) for item in root.iter("mergeCell"))
    return [area for area in found if area is not None]


def _widths(root: Element) -> tuple[Mapping[int, float], float | None]:
    """How wide columns are for which it is said, and all others if that is said."""
    found: dict[int, float] = {}
    for item in root.iter("col"):
        width, first, last = (number_in(item.get(name)) for name in ("width", "min", "max"))
        if width is not None:
            start = int(first or 1) - 1
            found |= dict.fromkeys(range(start, min(int(last or 1), start + 2**14 + 1)), max(width, 0.0))
    return found, next((number_in(item.get("defaultColWidth")) for item in root.iter("sheetFormatPr")), None)


def _size(font: Element) -> float:
    return next((float(item.get("val", "0")) for item in font if item.tag == "sz"), 0.0)
