"""Lines of a report for a terminal or a log: styled text, broken between words.

A report of a hundred thousand cells is laid out in seconds this way; a library for terminals takes minutes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

Span = tuple[str, str]
"""A text and its style, in words of the library rich (`bold red`)."""

Line = Sequence[Span]

_WORD = re.compile(r"\s*\S+\s*")


def broken(line: Line, width: int, indent: int = 0) -> Iterator[Line]:
    """A line as lines that fit a width.

    Args:
        line: what to show.
        width: columns, those of the indent included.
        indent: how many spaces stand before each line.
    """
    text = "".join([part for part, _ in line])
    for start, end in pairwise([0, *_breaks(text, max(width - indent, 1)), len(text)]):
        yield [(" " * indent, ""), *_cut(line, start, start + len(text[start:end].rstrip()))]


def _breaks(text: str, width: int) -> Iterator[int]:
    """Where a new line begins: before a word that does not fit, or within one that fits no line."""
    used = 0
    for word in _WORD.finditer(text):
        start, needed = word.start(), _width(word[0].rstrip())
        if used + needed > width and used:
            yield start
            used = 0
        if needed > width:
            for place, character in enumerate(word[0].rstrip(), start):
                if used + _columns(character) > width and place > start:
                    yield place
                    used = 0
                used += _columns(character)
            used += len(word[0]) - len(word[0].rstrip())
        else:
            used += _width(word[0])


def _cut(line: Line, start: int, end: int) -> Iterator[Span]:
    """The part of a line between two places of its text."""
    place = 0
    for text, style in line:
        part = text[max(start - place, 0) : max(end - place, 0)]
        if part:
            yield part, style
        place += len(text)


def _width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))


@cache
def _columns(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
