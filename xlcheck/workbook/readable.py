"""Styles in which nobody can read what a cell holds: letters in the colour of their ground, tiny ones, signs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeVar
from xml.etree.ElementTree import Element

from xlcheck.workbook.container import Container
from xlcheck.workbook.xml_tree import local, tree_of

_LEAST_CONTRAST = 1.3
"""Between letters and ground, as WCAG measures it; the palest letters that xlcheck writes have more."""
_LEAST_SIZE = 4.0
_WIDEST_INDENT = 20
_SIGNS = re.compile(r"ding|symbol|marlett|barcode|\bcode ?[0-9]|mt extra|bookshelf|emoji", re.IGNORECASE)
_SYMBOLS = "2"  # the character set of fonts that have pictures in the place of letters
_WHITE, _BLACK = "FFFFFF", "000000"
# The first colours of the old palette (ECMA-376, part 1, section 18.8.27); all others are told apart from white.
_INDEXED = {"0": _BLACK, "1": _WHITE, "8": _BLACK, "9": _WHITE, "64": _BLACK, "65": _WHITE}
# As `theme` attributes number the colours of a theme: light and dark are exchanged against their order there.
# How much of a pattern is in the colour of its lines; of any other about a half.
_LINES = {"solid": 1.0, "darkGray": 0.75, "lightGray": 0.25, "gray125": 0.125, "gray0625": 0.0625, "none": 0.0}
_THEME = ("lt1", "dk1", "lt2", "dk2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink")

Item = TypeVar("Item")


class Looks:
    """How letters look: the styles of cells in which nobody can read one, and pieces of texts.

    Args:
        container: the file.
        part: where its styles stand, or None.

    Attributes:
        root: the styles part, or None.
        unreadable: the number of each style of cells in which nobody can read a cell, and in a few words why.
    """

    def __init__(self, container: Container, part: str | None) -> None:
        self.root = root = _root(container, part)
        self._theme = theme = _theme(container, root)
        self._grounds: list[Sequence[str]] = []
        self.unreadable: dict[int, str] = {}
        if root is None:
            return
        fonts = [_font(item, theme) for item in root.iterfind("{*}fonts/{*}font")]
        moved = [_moved(item) for item in root.iterfind("{*}fonts/{*}font")]
        grounds = [_grounds(item, theme) for item in root.iterfind("{*}fills/{*}fill")]
        crossed = ["crossed out" if _crosses(item) else "" for item in root.iterfind("{*}borders/{*}border")]
        for number, style in enumerate(root.iterfind("{*}cellXfs/{*}xf")):
            colour, why = _at(fonts, style.get("fontId"), (_BLACK, ""))
            self._grounds.append(_at(grounds, style.get("fillId"), (_WHITE,)))
            why = why or _at(moved, style.get("fontId"), "")
            why = why or _alignment(style.find("{*}alignment")) or _at(crossed, style.get("borderId"), "")
            if why or self.is_lost(colour, number):
                self.unreadable[number] = why or "in the colour of its ground"

    def is_lost(self, colour: str, style: int) -> bool:
        """Whether letters of a colour cannot be told from the ground of a style of cells."""
        grounds = self._grounds[style] if style < len(self._grounds) else (_WHITE,)
        return any(_contrast(colour, ground) < _LEAST_CONTRAST for ground in grounds)

    def pieces(self, content: bytes) -> tuple[list[str], dict[int, str]]:
        """What is odd about pieces of the texts in a part, in sentences, and the colour of each text's palest piece.

        Odd are those that nobody can read on any ground, and those that mean something else than the same letters in a
        row. Colours are by the number of the text.
        """
        if b"rPr" not in content and b"rPh" not in content:
            return [], {}
        said: list[str] = []
        palest: dict[int, str] = {}
        root = tree_of(content)
        texts = () if root is None else root if local(root) == "sst" else root.iterfind(".//{*}is")
        for number, text in enumerate(texts):
            if len(text) == 1 and len(text[0]) == 0:
                continue
            said += (f"small letters above a text say {''.join(item.itertext())!r}" for item in text.iterfind("{*}rPh"))
            for item in text.iterfind("{*}r"):
                letters = item.findtext("{*}t") or ""
                properties = item.find("{*}rPr")
                if properties is None or not letters.strip():
                    continue
                colour, why = _font(properties, self._theme)
                raised = properties.find("{*}vertAlign")
                if why or (raised is not None and raised.get("val") == "superscript"):
                    said.append(f"the piece {letters!r} of a text is {why or 'raised'}")
                palest[number] = max(palest.get(number, _BLACK), colour, key=_luminance)
        return said, palest


def _root(container: Container, part: str | None) -> Element | None:
    return None if part is None or part not in container else tree_of(container.read(part))


def _theme(container: Container, styles: Element | None) -> Mapping[str, str]:
    """The colours of the theme by their names there, its fonts, and the colours of the palette by their numbers."""
    part = next((name for name in container.names if re.search(r"theme/theme\d*\.xml$", name)), None)
    root = _root(container, part)
    scheme = None if root is None else root.find(".//{*}clrScheme")
    found = {
        local(item): next((c.get("lastClr") or c.get("val") or "" for c in item), "")
        for item in (() if scheme is None else scheme)
    }
    for font in ("major", "minor"):
        latin = None if root is None else root.find(f".//{{*}}{font}Font/{{*}}latin")
        found[font] = "" if latin is None else latin.get("typeface", "")
    palette = () if styles is None else styles.iterfind("{*}colors/{*}indexedColors/{*}rgbColor")
    return found | _INDEXED | {str(number): item.get("rgb", "")[-6:] for number, item in enumerate(palette)}


def _at(items: Sequence[Item], number: str | None, otherwise: Item) -> Item:
    place = int(number) if number is not None and number.isascii() and number.isdigit() else 0
    return items[place] if place < len(items) else otherwise


def _font(font: Element, theme: Mapping[str, str]) -> tuple[str, str]:
    """The colour of the letters, and why they cannot be read, if that is so whatever their ground."""
    values = {str(item.tag).rpartition("}")[2]: item for item in font}
    size = _number(values["sz"].get("val", "")) if "sz" in values else None
    given = (values[key].get("val", "") for key in ("name", "rFont") if key in values)
    scheme = values["scheme"].get("val", "") if "scheme" in values else ""
    name = " ".join(filter(None, (*given, theme.get(scheme, ""))))
    why = ""
    if size is not None and size < _LEAST_SIZE:
        why = "too small to be read"
    elif _SIGNS.search(name) or ("charset" in values and values["charset"].get("val") == _SYMBOLS):
        why = f"in the signs of {name}"
    elif "strike" in values and values["strike"].get("val", "1") not in {"0", "false"}:
        why = "struck out"
    elif any(key in values and values[key].get("val", "1") not in {"0", "false"} for key in ("outline", "shadow")):
        why = "in outlines"
    colour = values.get("color")
    return (_BLACK if colour is None else _colour(colour, theme, _BLACK)), why


def _grounds(fill: Element, theme: Mapping[str, str]) -> tuple[str, ...]:
    """The colours behind the letters; of a pattern, which mixes two, the colour that it looks like from afar."""
    if fill.find("{*}gradientFill") is not None:
        return tuple(_colour(colour, theme, _WHITE) for colour in fill.iterfind(".//{*}stop/{*}color"))
    pattern = fill.find("{*}patternFill")
    part = 0.0 if pattern is None else _LINES.get(pattern.get("patternType", "none"), 0.5)
    if pattern is None or not part:
        return (_WHITE,)
    lines, ground = (pattern.find(f"{{*}}{name}") for name in ("fgColor", "bgColor"))
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
        tint = _number(colour.get("tint", "0")) or 0.0
        if re.fullmatch(r"[0-9A-Fa-f]{6}", rgb) and tint:
            parts = [int(rgb[place : place + 2], 16) for place in (0, 2, 4)]
            moved = [p * (1 + tint) if tint < 0 else p + (255 - p) * tint for p in parts]
            rgb = "".join(f"{min(255, max(0, round(p))):02X}" for p in moved)
    elif not rgb:
        rgb = theme.get(colour.get("indexed", ""), otherwise)
    return rgb if re.fullmatch(r"[0-9A-Fa-f]{6}", rgb) else otherwise


def _alignment(alignment: Element | None) -> str:
    if alignment is None:
        return ""
    if alignment.get("horizontal") == "fill":
        return "repeated until its cell is full"
    if alignment.get("textRotation", "0") != "0":
        return "turned"
    if alignment.get("readingOrder") == "2":
        return "written from right to left"
    indent = alignment.get("indent", "0")
    return "pushed out of its cell" if indent.isdigit() and int(indent) > _WIDEST_INDENT else ""


def _moved(font: Element) -> str:
    """Whether a whole cell is in the small letters of exponents and subscripts, which pieces of texts may be."""
    moved = font.find("{*}vertAlign")
    return "" if moved is None or moved.get("val") == "baseline" else "raised or lowered"


def _crosses(border: Element) -> bool:
    """Whether a line runs from corner to corner."""
    line = border.find("{*}diagonal")
    is_drawn = line is not None and line.get("style", "none") != "none"
    return is_drawn and any(border.get(key) in {"1", "true"} for key in ("diagonalUp", "diagonalDown"))


def _contrast(one: str, other: str) -> float:
    """From 1, the same, to 21, black on white."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@lru_cache(256)
def _luminance(rgb: str) -> float:
    parts = [int(rgb[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
