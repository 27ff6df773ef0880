"""The cells of a worksheet that show another number or text than they hold, because of their number formats."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from xml.parsers import expat

from xlcheck.formulas.addresses import quote_sheet
from xlcheck.workbook.number_formats import OddFormats, misleads

_TEXTS = {"s", "str", "inlineStr"}


def odd_looks(sheet: str, worksheet: bytes, odd: OddFormats) -> Iterator[str]:
    """The cells with such a format, and the ranges of conditional formats that may put one on, as `Sheet1!B2`.

    Args:
        sheet: the worksheet's name.
        worksheet: its part.
        odd: the formats of the workbook that mislead for some numbers.
    """
    found: list[str] = []
    chars: list[str] = []
    path: list[str] = []
    name = area = ""
    code: str | None = None

    def on_start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal name, area, code
        path.append(tag.rpartition(" ")[2])
        chars.clear()
        if path[-1] == "c":
            name = attributes.get("r", "?")
            style = attributes.get("s", "")
            number = int(style) if style.isascii() and style.isdigit() else -1
            kind = attributes.get("t", "n")
            code = odd.styles.get(number) if kind == "n" else None
            if kind in _TEXTS and number in odd.words:
                found.append(name)
        elif path[-1] == "conditionalFormatting":
            area = attributes.get("sqref", "conditional formats")
        elif path[-1] == "cfRule":
            style = attributes.get("dxfId", "")
            if style.isascii() and style.isdigit() and int(style) in odd.conditional:
                found.append(area)
        elif path[-1] == "numFmt" and misleads(attributes.get("formatCode", ""), None):
            found.append("conditional formats")

    def on_end(tag: str) -> None:
        if path.pop() == "v" and path[-1:] == ["c"] and code is not None and misleads(code, _number("".join(chars))):
            found.append(name)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    parser.CharacterDataHandler = chars.append
    with suppress(expat.ExpatError):  # whoever reads the cells says what is broken
        parser.Parse(worksheet, True)
    return (f"{quote_sheet(sheet)}!{place}" for place in dict.fromkeys(found))


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
