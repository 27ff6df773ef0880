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


def test_plain_runs_are_what_the_parser_reads() -> None:
    """Texts of several runs, in the looks that programs give them, are the letters of all runs."""
    rng = np.random.default_rng(4)
    looks = [
        "", "<b/>", '<sz val="10.5"/>', '<color rgb="FF1F2933"/>', '<color theme="1" tint="-0.2"/>',
        '<rFont val="Times New Roman"/>', '<vertAlign val="subscript"/>',
    ]  # fmt: skip
    for _ in range(100):
        written = []
        for _ in range(int(rng.integers(1, 8))):
            runs = ""
            for _ in range(int(rng.integers(0, 4))):
                look = "".join(rng.choice(looks, int(rng.integers(0, 4))))
                text = escape("".join(rng.choice(_PIECES[:7], 3)), quote=False)
                runs += f'<r>{f"<rPr>{look}</rPr>" if look else ""}<t xml:space="preserve">{text}</t></r>'
            written.append(f"<si>{runs or '<t>a</t>'}</si>")
        content = _part("".join(written))
        found = plain_strings(content)
        assert found is not None
        assert [parts.unescape(text) for text in found] == parts._strings_of(content)


@pytest.mark.parametrize(
    "content",
    [
        _part("<si><t>a</t></si>junk"),
        _part("<si><r><rPh><t>a</t></rPh></r></si>"),
        _part("<si><r><rPr><t/></rPr><t>a</t></r></si>"),
        _part('<si><r><rPr><sz val="1" val="2"/></rPr><t>a</t></r></si>'),
        _part('<si><r><rPr><rFont val="&#65;"/></rPr><t>a</t></r></si>'),
        _part("<si><t>a</t><r><t>b</t></r></si>"),
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
    """Odd rich texts, numbered characters, what is not well formed: the parser reads it, or says what is wrong."""
    assert plain_strings(content) is None
    with suppress(expat.ExpatError, UnicodeDecodeError, parts._UnclearError):
        parts._strings_of(content)
