"""How the reports of checks are printed, or written into a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlcheck.verdicts.report import CheckReport

_BLOCK = 2**16


def show(reports: Sequence[CheckReport], format_: str, output: Path | None = None, *, all_: bool = False) -> int:
    """Print the reports in the format asked for; the exit code of the worst of them."""
    if output is not None:
        from xlcheck.files import write_text

        write_text(output, chain(_pieces(reports, format_, all_), "\n"))
    elif format_ == "text" and (sys.stdout.isatty() or os.environ.get("FORCE_COLOR")):
        from rich.console import Console

        from xlcheck.reports.render_agreement import print_agreement
        from xlcheck.reports.render_text import ROWS, print_text

        console = Console()
        print_text(reports, console, rows=None if all_ else ROWS)
        if _several_engines(reports):
            print_agreement(reports, console)
    else:
        sys.stdout.writelines(_blocks(chain(_pieces(reports, format_, all_), "\n")))
    codes = [report.exit_code for report in reports]
    return next((code for code in (1, 3) if code in codes), 0)


def _pieces(reports: Sequence[CheckReport], format_: str, all_: bool) -> Iterator[str]:
    """The reports as one text, without colour and without a line end, in pieces."""
    if format_ == "json":
        from xlcheck.reports.render_json import json_pieces

        return json_pieces(reports)
    if format_ == "html":
        from xlcheck.reports.render_html import render_html

        return iter([render_html(reports).rstrip("\n")])
    if format_ == "junit":
        from xlcheck.reports.render_junit import render_junit

        return iter([render_junit(reports).rstrip("\n")])
    from xlcheck.reports.render_agreement import render_agreement
    from xlcheck.reports.render_text import ROWS, text_pieces

    text = text_pieces(reports, rows=None if all_ else ROWS)
    return chain(text, ["\n", render_agreement(reports)]) if _several_engines(reports) else text


def _several_engines(reports: Sequence[CheckReport]) -> bool:
    return len({report.engine for report in reports}) > 1


def _blocks(pieces: Iterable[str]) -> Iterator[str]:
    """Pieces joined to blocks that are worth printing."""
    waiting: list[str] = []
    length = 0
    for piece in pieces:
        waiting.append(piece)
        length += len(piece)
        if length > _BLOCK:
            yield "".join(waiting)
            waiting, length = [], 0
    yield "".join(waiting)
