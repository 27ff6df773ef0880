"""How the results of checks are printed, or written into a file, each as soon as it is there."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path

from xlcheck.verdicts.findings import Refusal
from xlcheck.verdicts.report import CheckReport

_BLOCK = 2**16
WORST_FIRST = (70, 1, 2, 3, 0)
"""Of several results the first of these is the exit code of all: what is wrong for certain, then what is not known."""
_WORDS = {
    0: ("agrees", "agree"),
    1: ("disagrees", "disagree"),
    2: ("could not be read", "could not be read"),
    3: ("was not checked, or not completely", "were not checked, or not completely"),
    70: ("met a defect of xlcheck", "met a defect of xlcheck"),
}


def show(
    outcomes: Iterable[CheckReport | Refusal],
    format_: str,
    output: Path | None = None,
    *,
    engines: int = 1,
    all_: bool = False,
) -> int:
    """Print results in the format asked for; the exit code of the worst of them.

    Args:
        outcomes: the results, perhaps still to be computed one by one.
        format_: `text`, `json`, `html` or `junit`.
        output: a file to write them into instead.
        engines: how many engines recalculate each workbook; more than one are compared in a table.
        all_: show every cell that does not agree.
    """
    tally = _Tally(keeps=engines > 1)
    if output is not None:
        from xlcheck.files import write_text

        write_text(output, _pieces(tally, tally.noting(outcomes), format_, all_))
    elif format_ == "text" and (sys.stdout.isatty() or os.environ.get("FORCE_COLOR")):
        from rich.console import Console

        from xlcheck.reports.render_agreement import print_agreement
        from xlcheck.reports.render_text import ROWS, print_text

        console = Console()
        print_text(tally.noting(outcomes), console, rows=None if all_ else ROWS)
        if tally.reports:
            print_agreement(tally.reports, console)
        if tally.summary:
            console.print(f"\n{tally.summary}", highlight=False)
    else:
        printer = _Printer()
        printer.print(_pieces(tally, tally.noting(outcomes, printer.flush), format_, all_))
    return tally.exit_code


class _Tally:
    """What has come out so far.

    Args:
        keeps: whether a table of engines will need the reports; of a thousand workbooks they need a lot of memory.
    """

    def __init__(self, *, keeps: bool) -> None:
        self._keeps = keeps
        self._codes: Counter[int] = Counter()
        self._workbooks: set[str] = set()
        self.reports: list[CheckReport] = []

    def noting(
        self, outcomes: Iterable[CheckReport | Refusal], shown: Callable[[], None] | None = None
    ) -> Iterator[CheckReport | Refusal]:
        """The same results, each counted; `shown` is called when one has been printed."""
        for outcome in outcomes:
            self._codes[outcome.exit_code] += 1
            self._workbooks.add(outcome.workbook)
            if self._keeps and isinstance(outcome, CheckReport):
                self.reports.append(outcome)
            yield outcome
            if shown is not None:
                shown()

    @property
    def exit_code(self) -> int:
        return next(code for code in WORST_FIRST if self._codes[code] or code == 0)

    @property
    def summary(self) -> str:
        """One sentence on more than one result."""
        count = sum(self._codes.values())
        if count < 2:
            return ""
        parts = [f"{n} {_WORDS[code][n > 1]}" for code in sorted(_WORDS) if (n := self._codes[code])]
        return f"{count} {'workbooks' if len(self._workbooks) == count else 'checks'}: {', '.join(parts)}."


class _Printer:
    """Standard output in blocks that are worth printing."""

    def __init__(self) -> None:
        self._waiting: list[str] = []
        self._length = 0

    def print(self, pieces: Iterable[str]) -> None:
        for piece in pieces:
            self._waiting.append(piece)
            self._length += len(piece)
            if self._length > _BLOCK:
                self.flush()
        self.flush()

    def flush(self) -> None:
        sys.stdout.write("".join(self._waiting))
        sys.stdout.flush()
        self._waiting, self._length = [], 0


def _pieces(tally: _Tally, outcomes: Iterable[CheckReport | Refusal], format_: str, all_: bool) -> Iterator[str]:
    """The results as one text, without colour, in pieces; after each workbook a line of text is at its end."""
    if format_ == "json":
        from xlcheck.reports.render_json import json_pieces

        return chain(json_pieces(outcomes), "\n")
    if format_ == "html":
        from xlcheck.reports.render_html import render_html

        return iter([render_html(list(outcomes)).rstrip("\n"), "\n"])
    if format_ == "junit":
        from xlcheck.reports.render_junit import render_junit

        return iter([render_junit(list(outcomes)).rstrip("\n"), "\n"])
    from xlcheck.reports.render_text import ROWS, text_pieces

    return chain(text_pieces(outcomes, rows=None if all_ else ROWS), _closing(tally))


def _closing(tally: _Tally) -> Iterator[str]:
    """What is said when all has been shown."""
    if tally.reports:
        from xlcheck.reports.render_agreement import render_agreement

        if agreement := render_agreement(tally.reports).rstrip("\n"):
            yield f"\n{agreement}\n"
    if tally.summary:
        yield f"\n{tally.summary}\n"
