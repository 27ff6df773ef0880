"""Characters that XML cannot hold."""

from __future__ import annotations

import openpyxl.utils.escape
from hypothesis import example, given, strategies as st

from xlcheck.workbook.xml_text import escape, unescape


@given(st.text())
@example("_x0041_")
@example("\x00\x0b\r_x\ud800\uffff")
def test_round_trip(text: str) -> None:
    """Every text survives, and what is written holds no character that XML forbids."""
    written = escape(text)

    assert unescape(written) == text
    assert not set(written) & {*map(chr, range(9)), "\x0b", "\x0c", "\r", "\ud800", "\ufffe", "\uffff"}


def test_reads_what_openpyxl_writes() -> None:
    """The notation is the one that other programs use."""
    assert unescape(openpyxl.utils.escape.escape("a\rb\x01")) == "a\rb\x01"
