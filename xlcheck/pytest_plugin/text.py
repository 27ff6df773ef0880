"""Sentences and lists of names in lines of 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

WIDTH = 80
FAILURE_WIDTH = 72
"""Of what a test fails with, which pytest shows behind eight columns of its own."""
_NAMES = 300


def wrapped(paragraph: str, indent: str = "", *, width: int = WIDTH) -> str:
    """A paragraph in lines of so many columns; names and paths are never cut."""
    lines = textwrap.wrap(paragraph, width - len(indent), break_on_hyphens=False, break_long_words=False)
    return "\n".join(indent + line for line in lines)


def some(names: Sequence[str]) -> str:
    """As many names as fit into four lines, and how many more there are."""
    shown: list[str] = []
    for name in names:
        if shown and len(", ".join([*shown, name])) > _NAMES:
            return f"{', '.join(shown)} and {len(names) - len(shown)} more"
        shown.append(name)
    return ", ".join(shown)
