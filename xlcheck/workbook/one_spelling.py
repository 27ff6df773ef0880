"""A worksheet's part in the spelling that patterns over its bytes expect, whoever has written it.

XML says one thing in many ways: `hidden="&#49;"` and `hidden = "1"` hide a row as `hidden="1"` does, and the element
may be called `my-x:row`. Files that programs write are spelled in the usual way, which is seen at a glance; any other
is spelled anew, so that nothing is overlooked in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from xml.parsers import expat

from xlcheck.workbook.sheet_part import RowKinds, SheetPart

_PREFIXED = re.compile(
    rb"""xmlns:[^=]*=\s*["']http://(?:schemas\.openxmlformats\.org|purl\.oclc\.org/ooxml)/spreadsheetml"""
)
# Numbers and switches that patterns look at: `1E-1`, `+0.1` and ` 1 ` are numbers, too.
_NUMBERS = {"hidden", "ht", "width", "min", "max", "defaultRowHeight", "zeroHeight", "defaultColWidth", "showZeros"}
_ODD_NUMBERS = tuple(
    re.compile(name + rb"""=["'](?!(?:[0-9.]+|true|false)["'])""")
    for name in (b"hidden", b"ht", b"idth", b"min", b"max")
)
_ROW = re.compile(rb"<row [^>]*>")
_SIZES = re.compile(rb"(?:hidden|ht|idth|min|max)=")
_MARKS = (b"&#", b" =", b"= ", b"\t", b"\n", b"\r")
_MOST = 1000


def in_one_spelling(part: SheetPart) -> SheetPart:
    """The part itself if it is spelled as usual; else the same elements and attributes, without prefixes."""
    if _is_usual(part.kinds):
        return part
    content = part.content
    spelled: list[str] = []

    def on_start(tag: str, attributes: Mapping[str, str]) -> None:
        plain = {name: _plain(value) if name in _NUMBERS else value for name, value in attributes.items()}
        own = (f' {_local(name)}="{escape(value)}"' for name, value in plain.items())
        spelled.append(f"<{_local(tag)}{''.join(own)}>")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = on_start
    parser.EndElementHandler = lambda tag: spelled.append(f"</{_local(tag)}>")
    parser.CharacterDataHandler = lambda text: spelled.append(escape(text))
    try:
        parser.Parse(content, True)
    except expat.ExpatError:  # whoever reads the cells says what is broken
        return part
    return SheetPart("".join(spelled).encode("utf-8", "surrogatepass"))


def _plain(value: str) -> str:
    """A number with neither exponent nor sign nor spaces; a switch without spaces."""
    value = value.strip()
    try:
        return value if value.isdigit() else f"{max(0.0, float(value)):.6f}"
    except ValueError:
        return value


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _is_usual(kinds: RowKinds) -> bool:
    """Whether brackets only begin and end elements, and tags hold no prefix, odd number, or needless space."""
    content, around = kinds.text, kinds.head + kinds.tail
    body = content.find(b"?>") + 2 if content.startswith(b"<?xml") else 0
    if b"<!" in content or content.find(b"<?", body) >= 0:
        return False
    if any(piece.count(b"<") != piece.count(b">") for piece in (around, *kinds.kinds)):
        return False
    # Numbers with their digits stand around the rows and in their tags, and nowhere else.
    if any(_SIZES.search(kind) and _SIZES.search(_ROW.sub(b"", kind)) for kind in kinds.kinds):
        return False
    sizes = around + b"".join(kinds.tags)
    if _PREFIXED.search(content) or any(pattern.search(sizes) for pattern in _ODD_NUMBERS):
        return False
    return not any(_is_inside_tag(content, mark, body) for mark in _MARKS)


def _is_inside_tag(content: bytes, mark: bytes, start: int) -> bool:
    """Whether some bytes stand between the brackets of a tag; of very many nobody looks at each."""
    for _ in range(_MOST):
        start = content.find(mark, start)
        if start < 0:
            return False
        if content.rfind(b"<", 0, start) > content.rfind(b">", 0, start):
            return True
        start += 1
    return True
