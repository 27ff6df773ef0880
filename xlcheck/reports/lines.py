"""Lines of a report for a terminal or a log: styled text, broken between words; no spaces at their ends in a pipe.

The library rich breaks lines and shows them in colour; it is imported only where a line is too long or is shown so.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from xlcheck.frozen import dataclass

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

Part = tuple[str, str]
"""(text, style in rich's words, or empty)"""


@dataclass(frozen=True)
class Line:
    """One line of styled text."""

    parts: tuple[Part, ...] = ()

    @property
    def plain(self) -> str:
        """The text without styles."""
        return "".join(text for text, _ in self.parts)

    def styled(self) -> Text:
        """The text as rich shows it."""
        from rich.text import Text

        return Text.assemble(*self.parts)


def line(*parts: str | Part) -> Line:
    """A line of these parts; a text alone has no style."""
    return Line(tuple((part, "") if isinstance(part, str) else part for part in parts))


def broken(text: Line, width: int, indent: int = 0) -> Iterator[Line]:
    """A text of one line as lines that fit a width in columns of a terminal, the spaces in front of each included."""
    columns = max(width - indent, 1)
    # Hundreds of thousands of lines may have to be laid out, and most of them fit.
    lines = [text] if _surely_fits(text.plain, columns) else _wrapped(text, columns)
    for each in lines:
        yield line(" " * indent, *_without_end(each.parts))


def _surely_fits(text: str, columns: int) -> bool:
    """Whether a text fits even if each of its characters beyond ASCII took two columns."""
    return len(text) + (0 if text.isascii() else sum(character > "\x7f" for character in text)) <= columns


def _wrapped(text: Line, columns: int) -> list[Line]:
    styled = text.styled()
    lines = [styled] if styled.cell_len <= columns else styled.wrap(_console(), columns)
    return [_line_of(each) for each in lines or [styled]]


def _line_of(text: Text) -> Line:
    """A line of parts again; no two spans of it overlap."""
    parts: list[Part] = []
    end = 0
    for span in text.spans:
        parts += [(text.plain[end : span.start], ""), (text.plain[span.start : span.end], str(span.style))]
        end = span.end
    return Line((*parts, (text.plain[end:], "")))


def _without_end(parts: tuple[Part, ...]) -> Iterator[Part]:
    """The parts without spaces at the end of the line."""
    left = len("".join(text for text, _ in parts).rstrip())
    for text, style in parts:
        if left > 0 and text:
            yield text[:left], style
        left -= len(text)


@cache
def _console() -> Console:
    """One to be asked how to break lines; nothing is printed to it."""
    from rich.console import Console

    return Console()


WIDTH = 80


def plain_text(draw: Callable[[Console], None]) -> str:
    """What a function prints to a console that is given to it, without colour."""
    from rich.console import Console

    buffer = io.StringIO()
    draw(Console(file=buffer, width=WIDTH, color_system=None, force_terminal=False, legacy_windows=False))
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
