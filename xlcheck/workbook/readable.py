"""Styles in which nobody can read what a cell holds: letters in the colour of their ground, tiny ones, signs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeVar
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from xlcheck.workbook.container import Container

_LEAST_CONTRAST = 1.3
"""Between letters and ground, as WCAG measures it; the palest letters that xlcheck writes have more."""
_LEAST_SIZE = 4.0
_WIDEST_INDENT = 20
_SIGNS = re.compile(r"ding|symbol|marlett|barcode", re.IGNORECASE)
_WHITE, _BLACK = "FFFFFF", "000000"
# The first colours of the old palette (ECMA-376, part 1, section 18.8.27); all others are told apart from white.
_INDEXED = {"0": _BLACK, "1": _WHITE, "8": _BLACK, "9": _WHITE, "64": _BLACK, "65": _WHITE}
# As `theme` attributes number the colours of a theme: light and dark are exchanged against their order there.
_THEME = ("lt1", "dk1", "lt2", "dk2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink")

Item = TypeVar("Item")


def unreadable_styles(container: Container, part: str | None) -> dict[int, str]:
    """The number of each style of cells in which nobody can read a cell, and in a few words why."""
    root = _parsed(container, part)
    if root is None:
        return {}
    theme = _theme(container)
    fonts = [_font(item, theme) for item in root.iterfind("{*}fonts/{*}font")]
    grounds = [_ground(item, theme) for item in root.iterfind("{*}fills/{*}fill")]
    found = {}
    for number, style in enumerate(root.iterfind("{*}cellXfs/{*}xf")):
        font = _at(fonts, style.get("fontId"), (_BLACK, ""))
        ground = _at(grounds, style.get("fillId"), _WHITE)
        why = font[1] or _alignment(style.find("{*}alignment"))
        if not why and _contrast(font[0], ground) < _LEAST_CONTRAST:
            why = "in the colour of its ground"
        if why:
            found[number] = why
    return found


def _parsed(container: Container, part: str | None) -> Element | None:
    if part is None or part not in container:
        return None
    try:
        return ElementTree.fromstring(container.read(part))  # noqa: S314 - document types were refused
    except (ElementTree.ParseError, ValueError, LookupError):
        return None


def _theme(container: Container) -> Mapping[str, str]:
    """The colours of the theme by their names there."""
    part = next((name for name in container.names if re.search(r"theme/theme\d*\.xml$", name)), None)
    root = _parsed(container, part)
    scheme = None if root is None else root.find(".//{*}clrScheme")
    return {
        str(item.tag).rpartition("}")[2]: next((c.get("lastClr") or c.get("val") or "" for c in item), "")
        for item in (() if scheme is None else scheme)
    }


def _at(items: Sequence[Item], number: str | None, otherwise: Item) -> Item:
    place = int(number) if number is not None and number.isascii() and number.isdigit() else 0
    return items[place] if place < len(items) else otherwise


def _font(font: Element, theme: Mapping[str, str]) -> tuple[str, str]:
    """The colour of the letters, and why they cannot be read, if that is so whatever their ground."""
    values = {str(item.tag).rpartition("}")[2]: item for item in font}
    size = _number(values["sz"].get("val", "")) if "sz" in values else None
    name = values["name"].get("val", "") if "name" in values else ""
    why = ""
    if size is not None and size < _LEAST_SIZE:
        why = "too small to be read"
    elif _SIGNS.search(name):
        why = f"in the signs of {name}"
    elif "strike" in values and values["strike"].get("val", "1") not in {"0", "false"}:
        why = "struck out"
    colour = values.get("color")
    return (_BLACK if colour is None else _colour(colour, theme, _BLACK)), why


def _ground(fill: Element, theme: Mapping[str, str]) -> str:
    pattern = fill.find("{*}patternFill")
    if pattern is None or pattern.get("patternType", "none") != "solid":
        return _WHITE
    colour = pattern.find("{*}fgColor")
    return _WHITE if colour is None else _colour(colour, theme, _WHITE)


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
        rgb = _INDEXED.get(colour.get("indexed", ""), otherwise)
    return rgb if re.fullmatch(r"[0-9A-Fa-f]{6}", rgb) else otherwise


def _alignment(alignment: Element | None) -> str:
    if alignment is None:
        return ""
    if alignment.get("horizontal") == "fill":
        return "repeated until its cell is full"
    indent = alignment.get("indent", "0")
    return "pushed out of its cell" if indent.isdigit() and int(indent) > _WIDEST_INDENT else ""


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
