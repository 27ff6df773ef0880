"""Shared strings that are written plainly are read as the XML parser reads them, and nothing else is."""

from __future__ import annotations

from contextlib import suppress
from html import escape
from xml.parsers import expat

import numpy as np
import pytest

from xlcheck.workbook import parts
from xlcheck.workbook.plain_text import plain_strings

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SST = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="3" uniqueCount="3">'
_PIECES = ["a", "ß", "😀", " ", "\n", "\t", "&", "<", ">", '"', "'", "_x000D_", "]]", "&amp;", "x" * 50]


def _part(inside: str, head: str = _HEAD + _SST, end: str = "</sst>") -> bytes:
    return f"{head}{inside}{end}".encode()


def test_plain_strings_are_what_the_parser_reads() -> None:
    """Random texts come out letter by letter, in both ways."""
    rng = np.random.default_rng(3)
    for _ in range(200):
        texts = ["".join(rng.choice(_PIECES, int(rng.integers(0, 6)))) for _ in range(int(rng.integers(0, 8)))]
        space = ' xml:space="preserve"'
        written = [
            f"<si><t{space * int(rng.integers(2))}>{escape(t).replace('&#x27;', chr(39))}</t></si>" for t in texts
        ]
        content = _part("".join(written))
        found = plain_strings(content)
        assert found is None or [parts.unescape(text) for text in found] == parts._strings_of(content)
        if "]]>" not in "".join(texts).replace("&gt;", ">"):
            assert found is not None


@pytest.mark.parametrize(
    "content",
    [
        _part("<si><t>a</t></si>junk"),
        _part("<si><r><t>a</t></r></si>"),
        _part("<si><t>&#65;</t></si>"),
        _part("<si><t>&unknown;</t></si>"),
        _part("<si><t>a\x01</t></si>"),
        _part("<si><t>a\r\nb</t></si>"),
        _part("<si><t>]]></t></si>"),
        _part("<si><t>a</t></si><si><t>b"),
        _part("<si><t>a</t></si><!-- -->"),
        _part("<si><t>a</t></si>", head=_HEAD + "<sst>"),
        _part("<si><t>a</t></si>", head=_HEAD + _SST[:-1] + " count=3>"),
        _part("<si><t>a</t></si>", end="</sst><x/>"),
        _part("<si><t>a</t></si>").replace(b">a<", b">\xff<"),
    ],
)
def test_whatever_else_is_left_to_the_parser(content: bytes) -> None:
    """Rich texts, numbered characters, what is not well formed: the parser reads it, or says what is wrong."""
    assert plain_strings(content) is None
    with suppress(expat.ExpatError, UnicodeDecodeError):
        parts._strings_of(content)
