"""Numbers that do not fit into their columns: a program shows `###` in their place, or fewer digits than there are.

How wide letters are depends on the program, its fonts and the screen. So only digits are counted, in the normal font as
a column's width is, and what is reported is too narrow by any reckoning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from xml.etree.ElementTree import Element

from xlcheck.formulas.addresses import Range, column_index, column_name, parse_range, quote_sheet
from xlcheck.workbook.number_formats import Formats, digits_shown
from xlcheck.workbook.sheet_part import SheetPart
from xlcheck.workbook.xml_tree import local

_COLUMN = re.compile(rb"<(?:\w+:)?col\s[^>]*>")
_SPAN = re.compile(rb"""\s(min|max|width)=["']([0-9.]+)["']""")
_DEFAULT = re.compile(rb"""<(?:\w+:)?sheetFormatPr\s[^>]*\bdefaultColWidth=["']([0-9.]+)["']""")
_CELL = (
    rb"""<(?:\w+:)?c\s(?=[^>]*\br=["']%b([0-9]+)["'])([^>]*)(?<!/)>\s*"""
    rb"""(?:<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*)?(?:<(?:\w+:)?v>([^<]*))?"""
)
_STYLE = re.compile(rb"""\bs=["']([0-9]{1,9})["']""")
_NO_NUMBER = re.compile(rb"""\bt=["'](?:s|str|inlineStr|b|e)["']""")
_MERGE = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*ref=["']([A-Za-z0-9:$]+)["']""")
_MANY = 8  # beyond which it is quicker to look at all
_USUAL = 8.43  # of which nothing is said
_HALF = 0.5
_SLACK = 0.85
"""The digits of some fonts are narrower than those of others of the same size."""


class Widths:
    """How wide a number must be in each style of cells.

    Args:
        styles: the styles part.
        formats: its number formats.
    """

    def __init__(self, styles: Element | None, formats: Formats) -> None:
        self._formats = formats
        self._letters: list[tuple[float, int]] = []
        if styles is not None:
            sizes = [_size(font) for font in styles.iterfind("{*}fonts/{*}font")] or [0.0]
            for style in styles.iterfind("{*}cellXfs/{*}xf"):
                font, alignment = style.get("fontId", ""), style.find("{*}alignment")
                size = sizes[int(font)] if font.isdigit() and int(font) < len(sizes) else sizes[0]
                indent = "0" if alignment is None else alignment.get("indent", "0")
                larger = size / sizes[0] if size and sizes[0] else 1.0
                self._letters.append((_SLACK * larger, int(indent) if indent.isdigit() else 0))
        self._widest = max((self.of(style, _HALF) for style in range(len(self._letters))), default=1.0)

    def of(self, style: int, value: float) -> float:
        """How many digits of the normal font a number fills at least in a style."""
        letter, indent = self._letters[style] if style < len(self._letters) else (_SLACK, 0)
        return digits_shown(self._formats.code(style), value) * letter + indent

    def too_narrow(self, name: str, sheet: SheetPart, merges: Sequence[Range]) -> Iterator[str]:
        """The first number of a worksheet that does not fit, as a sentence.

        Args:
            name: the worksheet's.
            sheet: what stands in its part.
            merges: its merged cells, whose first one is as wide as all of them.
        """
        widths, default = _widths(sheet.kinds.head)
        narrow = [column for column, width in widths.items() if width < self._widest]
        patterns = [column_name(column).encode() for column in narrow]
        if (default is not None and default < self._widest) or len(patterns) > _MANY:
            patterns = [rb"[A-Z]{1,3}"]
        if not patterns:
            return
        wide = {(area.top, area.left): area.columns for area in merges}
        for cell in re.finditer(_CELL % (rb"(" + rb"|".join(patterns) + rb")"), sheet.content):
            style, number = _STYLE.search(cell[3]), _number(cell[4])
            if number is None or _NO_NUMBER.search(cell[3]):
                continue
            row, column = int(cell[2]) - 1, column_index(cell[1].decode())
            columns = range(column, column + wide.get((row, column), 1))
            width = sum(widths.get(each, default or _USUAL) for each in columns)
            if width and width < self.of(int(style[1]) if style else 0, number):
                yield f"{quote_sheet(name)}!{column_name(column)}{row + 1} is too narrow for its number"
                return


def merged(tail: bytes, sheet: str) -> list[Range]:
    """The merged cells that the end of a worksheet's part names."""
    found = []
    for text in _MERGE.findall(tail):
        try:
            found.append(parse_range(text.decode().upper(), sheet))
        except ValueError:
            continue
    return found


def _widths(head: bytes) -> tuple[Mapping[int, float], float | None]:
    """How wide columns are for which it is said, and all others if that is said."""
    found: dict[int, float] = {}
    default = _DEFAULT.search(head)
    for column in _COLUMN.findall(head):
        said = {key: float(number) for key, number in _SPAN.findall(column)}
        if b"width" in said:
            first, last = int(said.get(b"min", 1)) - 1, int(said.get(b"max", 1)) - 1
            found |= dict.fromkeys(range(first, min(last, first + 2**14) + 1), said[b"width"])
    return found, None if default is None else float(default[1])


def _size(font: Element) -> float:
    return next((float(item.get("val", "0")) for item in font if local(item) == "sz"), 0.0)


def _number(text: bytes | None) -> float | None:
    try:
        return float(text or b"0")
    except ValueError:
        return None
