"""Lines of a report for a terminal or a log: styled text, broken between words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from rich.console import Console
from rich.text import Text


def broken(text: Text, width: int, indent: int = 0) -> Iterator[Text]:
    """A text as lines that fit a width.

    Args:
        text: what to show, in one line.
        width: columns of a terminal, those of the indent included.
        indent: how many spaces stand before each line.
    """
    columns = max(width - indent, 1)
    # Hundreds of thousands of lines may have to be laid out, and most of them fit.
    lines = [text] if text.cell_len <= columns else text.wrap(_console(), columns)
    for line in lines or [text]:
        line.rstrip()
        line.pad_left(indent)
        yield line


@cache
def _console() -> Console:
    """One to be asked how to break lines; nothing is printed to it."""
    return Console()
