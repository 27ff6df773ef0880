"""What all reports for a terminal share: plain text from a console, and no spaces at the ends of lines in a pipe."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 80


def plain_text(draw: Callable[[Console], None], width: int = WIDTH) -> str:
    """What a function prints to a console, without colour.

    Args:
        draw: prints to the console it is given.
        width: characters in a line.
    """
    from rich.console import Console

    buffer = io.StringIO()
    draw(Console(file=buffer, width=width, color_system=None, force_terminal=False, legacy_windows=False))
    return buffer.getvalue().removesuffix("\n")


@contextmanager
def trimmed(console: Console) -> Iterator[None]:
    """Print without spaces at the ends of lines, unless the console is a terminal, where nobody sees them."""
    if console.is_terminal:
        yield
        return
    with console.capture() as capture:
        yield
    for line in capture.get().splitlines():
        console.file.write(f"{line.rstrip()}\n")


def printable(text: str) -> str:
    """A text from a workbook without characters that would steer a terminal."""
    return "".join(c if c.isprintable() else "�" for c in text)
