"""The encodings of XML parts: UTF-8 and UTF-16, and nothing that programs read otherwise."""

from __future__ import annotations

import pytest

from xlcheck.workbook.xml_text import EncodingError, in_utf8, looks_like_xml

PART = '<?xml version="1.0" encoding="{}"?><a>é</a>'


@pytest.mark.parametrize("encoding", ["UTF-8", "utf-8"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["no mark", "mark"])
def test_utf_8_stays_as_it_is(encoding: str, mark: str) -> None:
    """With or without a mark, and in whichever letters it is declared."""
    content = (mark + PART.format(encoding)).encode()

    assert in_utf8(content) == content


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_written_anew_without_its_declaration(encoding: str) -> None:
    """Which would say something else than what it is in then."""
    assert in_utf8(("\ufeff" + PART.format("UTF-16")).encode(encoding)) == "<a>é</a>".encode()
    assert in_utf8("\ufeff<a/>".encode(encoding)) == b"<a/>"


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (PART.format("latin-1").encode("latin-1"), "latin-1"),
        (PART.format("UTF-16").encode(), "UTF-16"),
        (("\ufeff" + PART.format("UTF-8")).encode("utf-16-le"), "UTF-8"),
        ("<a/>".encode("utf-16-le"), "without a mark"),
        ("<a/>".encode("utf-32-be"), "UTF-32"),
        ("\ufeff<a>".encode("utf-16-le") + b"\x00\xd8", "damaged"),
        (b" " * 900 + PART.format("latin-1").encode("latin-1"), "latin-1"),
    ],
)
def test_any_other_encoding_is_refused_by_its_name(content: bytes, named: str) -> None:
    """Also one that is said and not meant: one program goes by the declaration, the other by the bytes."""
    with pytest.raises(EncodingError, match=named):
        in_utf8(content)


@pytest.mark.parametrize(
    ("content", "is_xml"),
    [
        (b"<a/>", True),
        (b"\xff\xfe<\0a\0", True),
        (b" \r\n\t<a/>", True),
        (b"a<b", False),
        (b"", False),
        (b" " * 1024 + b"a", True),  # nobody knows by then
        (b" " * 1023 + b"a", False),
    ],
)
def test_what_begins_with_a_bracket_is_xml(content: bytes, is_xml: bool) -> None:
    """Whatever blanks and marks stand before it in the first kilobyte."""
    assert looks_like_xml(content) == is_xml
