"""Texts of strangers, such as names of files, as terminals and files can show them."""

from __future__ import annotations

import re

_SURROGATE = re.compile("[\ud800-\udfff]")


def printable(text: str) -> str:
    """A text in one line without characters that would steer a terminal."""
    return text if text.isprintable() else "".join(c if c.isprintable() else "�" for c in text)


def encodable(text: str) -> str:
    """A text without what UTF-8 cannot say: bytes of names of files that are in no encoding, as Python keeps them."""
    return _SURROGATE.sub("�", text)
