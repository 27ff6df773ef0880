"""What every XML part must be like, whatever its name: in UTF-8 or UTF-16, and without a document type.

Office's parts are in these encodings (ECMA-376, part 2, section 6.2.5). In another one, programs that do not
know it, or do not look at the declaration, read something else.
"""

from __future__ import annotations

import re
from xml.parsers import expat

_START = 2**10
# What may stand before the first bracket, in any encoding of one, two or four bytes.
_BEFORE = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
_UTF8 = b"\xef\xbb\xbf"
_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_UNMARKED = (b"<\0", b"\0<")  # LibreOffice does not see that it is UTF-16
_UTF32 = (b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"<\0\0\0", b"\0\0\0<")
_DECLARATION = re.compile(r"""<\?xml\b[^>]*?\bencoding\s*=\s*["']([^"']*)["'][^>]*>|<\?xml\b[^>]*>""")
_PIECE = 2**16


class EncodingError(ValueError):
    """A text in another encoding than those of workbooks; the message is its name."""


def looks_like_xml(content: bytes) -> bool:
    """Whether a part is XML in any encoding, as far as its first bytes tell."""
    start = content[:_START].lstrip(_BEFORE)
    return start.startswith(b"<") or (not start and bool(content))


def in_utf8(content: bytes) -> bytes:
    """An XML text in UTF-8; one in UTF-16 comes without its declaration.

    Raises:
        EncodingError: it is in another encoding, or says so.
    """
    if content.startswith(_UTF32):
        raise EncodingError("UTF-32")
    if content.startswith(_UNMARKED):
        raise EncodingError("UTF-16 without a mark at its start")
    encoding = _UTF16.get(content[:2])
    if encoding is None:
        declared = _declared(content[:_START].removeprefix(_UTF8).decode("latin-1"))
        if declared is not None and declared.casefold() != "utf-8":
            raise EncodingError(declared)
        return content
    try:
        text = content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise EncodingError("UTF-16 that is damaged") from None
    declared = _declared(text[:_START])
    if declared is not None and declared.casefold() != "utf-16":
        raise EncodingError(declared)
    return _DECLARATION.sub("", text, count=1).encode("utf-8", "surrogatepass")


def _declared(start: str) -> str | None:
    found = _DECLARATION.match(start.lstrip())
    return None if found is None else found[1]


class _Found(Exception):  # noqa: N818 - it ends a parse, it is no error
    pass


def declares_type(content: bytes) -> bool | None:
    """Whether an XML text declares a document type; None if its first element, before which that stands, is missing."""
    parser = expat.ParserCreate()
    found: bool | None = None

    def on_doctype(*_: object) -> None:
        nonlocal found
        found = True
        raise _Found

    def on_element(*_: object) -> None:
        nonlocal found
        found = False
        raise _Found

    parser.StartDoctypeDeclHandler = on_doctype
    parser.StartElementHandler = on_element
    # A part that is not well formed matters only if it is read, and then its reader says so.
    try:
        for start in range(0, len(content), _PIECE):
            parser.Parse(content[start : start + _PIECE], False)
        parser.Parse(b"", True)  # newer versions of expat put off what arrives in many pieces
    except (_Found, expat.ExpatError):
        pass
    return found


_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NEEDS_ESCAPE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def has_runs(texts: bytes) -> bool:
    """Whether texts in a part may consist of pieces that look differently, or have small letters above them."""
    return b"rPr" in texts or b"rPh" in texts


def unescape(text: str) -> str:
    """`_x000D_` → the character."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def escape(text: str) -> str:
    """The inverse of `unescape`; an underscore that only looks like the start of one is written `_x005F_`."""
    return _NEEDS_ESCAPE.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
