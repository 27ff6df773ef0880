"""Texts of strangers, such as names of files, as terminals and files can show them."""

from __future__ import annotations

import re
from typing import Any

_MOST = 60
_SURROGATE = re.compile("[\ud800-\udfff]")


def printable(text: str) -> str:
    """A text in one line without characters that would steer a terminal."""
    return text if text.isprintable() else "".join(c if c.isprintable() else "�" for c in text)


def encodable(text: str) -> str:
    """A text without what UTF-8 cannot say: bytes of names of files that are in no encoding, as Python keeps them."""
    return _SURROGATE.sub("�", text)


def shortened(value: Any) -> str:
    """A value in a sentence: at most some letters of one line."""
    try:
        words = " ".join(repr(value).split())
    except Exception:  # a whole number of too many digits, or whatever its class does
        words = f"this {type(value).__name__}"
    return words if len(words) <= _MOST else f"{words[:_MOST]}…"
