"""Styles in which nobody can read what a cell holds: letters in the colour of their ground, tiny ones, signs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar
from xml.etree.ElementTree import Element

from xlcheck.workbook.container import Container
from xlcheck.workbook.parts import Structure, relations_of
from xlcheck.workbook.xml_text import has_runs
from xlcheck.workbook.xml_tree import is_off, is_on, number_in, tree_of

LEAST_CONTRAST = 3.0
"""Between letters and ground; WCAG 2 asks for as much (1.4.3) even for large letters."""
_LEAST_SIZE = 4.0
_LARGEST_SIZE = 72.0
"""As large as a list of sizes goes in spreadsheet programs; the largest that xlcheck writes is 20."""
_WIDEST_INDENT = 20
# Those that xlcheck writes, those of cells and notes without a style, and what programs put in their place. Of any
# other nobody knows which signs it has in the place of letters.
_USUAL_FONTS = {
    "arial", "times new roman", "courier new", "calibri", "calibri light", "cambria", "aptos", "aptos narrow",
    "aptos display", "liberation sans", "liberation serif", "liberation mono", "carlito", "caladea", "helvetica",
    "courier", "times", "tahoma", "dejavu sans", "dejavu serif", "dejavu sans mono", "noto sans", "noto serif",
    "noto sans mono",
}  # fmt: skip
_RGB = re.compile(r"[0-9A-Fa-f]{6}")
_SYMBOLS = "2"  # the character set of fonts that have pictures in the place of letters
_WHITE, _BLACK = "FFFFFF", "000000"
# The old palette (ECMA-376, part 1, section 18.8.27): the first eight colours stand there twice, and behind it those of
# the system's windows.
_EIGHT = "000000 FFFFFF FF0000 00FF00 0000FF FFFF00 FF00FF 00FFFF"
_PALETTE = f"""{_EIGHT} {_EIGHT} 800000 008000 000080 808000 800080 008080 C0C0C0 808080
    9999FF 993366 FFFFCC CCFFFF 660066 FF8080 0066CC CCCCFF 000080 FF00FF FFFF00 00FFFF 800080 800000 008080 0000FF
    00CCFF CCFFFF CCFFCC FFFF99 99CCFF FF99CC CC99FF FFCC99 3366FF 33CCCC 99CC00 FFCC00 FF9900 FF6600 666699 969696
    003366 339966 003300 333300 993300 993366 333399 333333 000000 FFFFFF"""
_INDEXED = {str(number): rgb for number, rgb in enumerate(_PALETTE.split())}
_OF_WINDOWS = {"window": _WHITE, "windowText": _BLACK}
# How much of a pattern is in the colour of its lines; of any other about a half.
_LINES = {"solid": 1.0, "darkGray": 0.75, "lightGray": 0.25, "gray125": 0.125, "gray0625": 0.0625, "none": 0.0}
# As `theme` attributes number the colours of a theme: light and dark are exchanged against their order there.
_THEME = ("lt1", "dk1", "lt2", "dk2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink")

Item = TypeVar("Item")


class Looks:
    """How letters look: the styles of cells in which nobody can read one, and pieces of texts.

    Attributes:
        root: the styles part, or None.
        theme: what is odd about the theme, in sentences.
        unreadable: the number of each style of cells in which nobody can read a cell, and in a few words why.
    """

    def __init__(self, container: Container, structure: Structure) -> None:
        self.root = root = _root(container, structure.styles)
        theme_root = _theme_root(container, structure)
        self.theme = [*_changed_colours(theme_root)]
        self._theme = theme = _theme(theme_root, root)
        self._grounds: list[Sequence[str]] = []
        self.unreadable: dict[int, str] = {}
        if root is None:
            return
        fonts = [_font(item, theme) for item in root.iterfind("fonts/font")]
        moved = [_moved(item) for item in root.iterfind("fonts/font")]
        grounds = [_grounds(item, theme) for item in root.iterfind("fills/fill")]
        crossed = ["crossed out" if _crosses(item) else "" for item in root.iterfind("borders/border")]
        for number, style in enumerate(root.iterfind("cellXfs/xf")):
            colour, why = _at(fonts, style.get("fontId"), (_BLACK, ""))
            self._grounds.append(_at(grounds, style.get("fillId"), (_WHITE,)))
            why = why or _at(moved, style.get("fontId"), "")
            why = why or _alignment(style.find("alignment")) or _at(crossed, style.get("borderId"), "")
            if why or self.is_lost(colour, number):
                self.unreadable[number] = why or "in the colour of its ground"

    def is_lost(self, colour: str, style: int) -> bool:
        """Whether letters of a colour cannot be told from the ground of a style of cells."""
        grounds = self._grounds[style] if style < len(self._grounds) else (_WHITE,)
        return any(_contrast(colour, ground) < LEAST_CONTRAST for ground in grounds)

    def pieces(self, content: bytes) -> tuple[list[str], dict[int, str]]:
        """What is odd about pieces of texts or notes, in sentences, and the colour of each text's palest piece.

        Odd are those that nobody can read on any ground, and those that mean something else than the same letters in a
        row. Colours are by the number of the text.
        """
        if not has_runs(content):
            return [], {}
        said: list[str] = []
        palest: dict[int, str] = {}
        root = tree_of(content)
        kind = "" if root is None else root.tag
        inside = ".//comment/text" if kind == "comments" else ".//is"
        texts = () if root is None else root if kind == "sst" else root.iterfind(inside)
        for number, text in enumerate(texts):
            if len(text) == 1 and len(text[0]) == 0:
                continue
            said += (f"small letters above a text say {''.join(item.itertext())!r}" for item in text.iterfind("rPh"))
            for item in text.iterfind("r"):
                letters = item.findtext("t") or ""
                properties = item.find("rPr")
                if properties is None or not letters.strip():
                    continue
                colour, why = _font(properties, self._theme)
                raised = properties.find("vertAlign")
                if why or (raised is not None and raised.get("val") == "superscript"):
                    said.append(f"the piece {letters!r} of a text is {why or 'raised'}")
                palest[number] = max(palest.get(number, _BLACK), colour, key=_luminance)
        return said, palest


def is_usual_font(name: str) -> bool:
    """Whether a font is one in whose letters xlcheck writes, or another one like it; of the theme's fonts all are."""
    # Gnumeric writes a font's family, which is a number, in place of its name.
    return not name or name.startswith("+") or name.isdigit() or name.casefold() in _USUAL_FONTS


def is_pale(colour: str, least: float) -> bool:
    """Whether a colour has less contrast with white than some number."""
    return _RGB.fullmatch(colour) is None or _contrast(colour, _WHITE) < least


def is_light(ground: str) -> bool:
    """Whether black letters can be read on a ground, as old drawings call it: `#ffffe1`, `infoBackground [80]`."""
    rgb = ground.removeprefix("#")
    return ground.startswith("infoBackground") or bool(_RGB.fullmatch(rgb) and _contrast(rgb, _BLACK) >= LEAST_CONTRAST)


def _root(container: Container, part: str | None) -> Element | None:
    return None if part is None or part not in container else tree_of(container.read(part))


def _theme_root(container: Container, structure: Structure) -> Element | None:
    """The theme that belongs to the workbook, wherever it stands."""
    related = relations_of(container, structure.part).values()
    return _root(container, next((relation.target for relation in related if relation.kind == "theme"), None))


def _changed_colours(root: Element | None) -> Iterator[str]:
    """The colours of a theme that are computed from others, which each program does in its own way."""
    for item in () if root is None else root.iterfind(".//clrScheme/*/*"):
        if len(item):
            yield f"a colour of the theme is {item.get('val', '')} changed by {item[0].tag}"


def _theme(root: Element | None, styles: Element | None) -> Mapping[str, str]:
    """The colours of the theme by their names there, its fonts, and the colours of the palette by their numbers."""
    scheme = None if root is None else root.find(".//clrScheme")
    found = {
        item.tag: next((_OF_WINDOWS.get(val := c.get("val", ""), c.get("lastClr", val)) for c in item), "")
        for item in (() if scheme is None else scheme)
    }
    for font in ("major", "minor"):
        latin = None if root is None else root.find(f".//{font}Font/latin")
        found[font] = "" if latin is None else latin.get("typeface", "")
    palette = () if styles is None else styles.iterfind("colors/indexedColors/rgbColor")
    return found | _INDEXED | {str(number): item.get("rgb", "")[-6:] for number, item in enumerate(palette)}


def _at(items: Sequence[Item], number: str | None, otherwise: Item) -> Item:
    place = int(number) if number is not None and number.isascii() and number.isdigit() else 0
    return items[place] if place < len(items) else otherwise


def is_readable_size(points: str) -> bool:
    """Whether letters of a size can be read; what is no number says nothing of the size."""
    size = number_in(points)
    return size is None or _LEAST_SIZE <= size <= _LARGEST_SIZE


def _font(font: Element, theme: Mapping[str, str]) -> tuple[str, str]:
    """The colour of the letters, and why they cannot be read, if that is so whatever their ground."""
    values = {str(item.tag).rpartition("}")[2]: item for item in font}
    size = values["sz"].get("val", "") if "sz" in values else ""
    given = (values[key].get("val", "") for key in ("name", "rFont") if key in values)
    scheme = values["scheme"].get("val", "") if "scheme" in values else ""
    names = [*filter(None, (*given, theme.get(scheme, "")))]
    why = ""
    if not is_readable_size(size):
        why = "too small to be read" if float(size) < _LEAST_SIZE else "too large to be read"
    elif "charset" in values and values["charset"].get("val") == _SYMBOLS:
        why = f"in the signs of {' '.join(names)}"
    elif odd := next((name for name in names if not is_usual_font(name)), ""):
        why = f"in the letters of {odd}"
    elif "strike" in values and not is_off(values["strike"].get("val")):
        why = "struck out"
    elif any(key in values and not is_off(values[key].get("val")) for key in ("outline", "shadow")):
        why = "in outlines"
    colour = values.get("color")
    return (_BLACK if colour is None else _colour(colour, theme, _BLACK)), why


def _grounds(fill: Element, theme: Mapping[str, str]) -> tuple[str, ...]:
    """The colours behind the letters; of a pattern, which mixes two, the colour that it looks like from afar."""
    if fill.find("gradientFill") is not None:
        return tuple(_colour(colour, theme, _WHITE) for colour in fill.iterfind(".//stop/color"))
    pattern = fill.find("patternFill")
    part = 0.0 if pattern is None else _LINES.get(pattern.get("patternType", "none"), 0.5)
    if pattern is None or not part:
        return (_WHITE,)
    lines, ground = (pattern.find(f"{name}") for name in ("fgColor", "bgColor"))
    otherwise = _WHITE if part == 1 else _BLACK
    mixed = (
        otherwise if lines is None else _colour(lines, theme, otherwise),
        _WHITE if ground is None else _colour(ground, theme, _WHITE),
    )
    rows = [[int(rgb[place : place + 2], 16) for place in (0, 2, 4)] for rgb in mixed]
    return ("".join(f"{round(part * one + (1 - part) * other):02X}" for one, other in zip(*rows, strict=True)),)


def _colour(colour: Element, theme: Mapping[str, str], otherwise: str) -> str:
    rgb = colour.get("rgb", "")[-6:]
    number = colour.get("theme", "")
    if number.isdigit() and int(number) < len(_THEME):
        rgb = theme.get(_THEME[int(number)], "")
    elif not rgb:
        rgb = theme.get(colour.get("indexed", ""), otherwise)
    rgb = rgb if _RGB.fullmatch(rgb) else otherwise
    if tint := number_in(colour.get("tint", "0")) or 0.0:
        parts = [int(rgb[place : place + 2], 16) for place in (0, 2, 4)]
        moved = [p * (1 + tint) if tint < 0 else p + (255 - p) * tint for p in parts]
        rgb = "".join(f"{min(255, max(0, round(p))):02X}" for p in moved)
    return rgb


def _alignment(alignment: Element | None) -> str:
    if alignment is None:
        return ""
    if alignment.get("horizontal") == "fill":
        return "repeated until its cell is full"
    if is_on(alignment.get("shrinkToFit")):
        return "made smaller until it fits into its cell"
    if alignment.get("textRotation", "0") != "0":
        return "turned"
    if alignment.get("readingOrder") == "2":
        return "written from right to left"
    indent = alignment.get("indent", "0")
    return "pushed out of its cell" if indent.isdigit() and int(indent) > _WIDEST_INDENT else ""


def _moved(font: Element) -> str:
    """Whether a whole cell is in the small letters of exponents and subscripts, which pieces of texts may be."""
    moved = font.find("vertAlign")
    return "" if moved is None or moved.get("val") == "baseline" else "raised or lowered"


def _crosses(border: Element) -> bool:
    """Whether a line runs from corner to corner."""
    line = border.find("diagonal")
    is_drawn = line is not None and line.get("style", "none") != "none"
    return is_drawn and any(is_on(border.get(key)) for key in ("diagonalUp", "diagonalDown"))


def _contrast(one: str, other: str) -> float:
    """From 1, the same, to 21, black on white."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@lru_cache(256)
def _luminance(rgb: str) -> float:
    parts = [int(rgb[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
