"""Reports for a terminal or a log: one verdict a file, the roots first, then counts.

Everything is said in words and marks; colour only repeats it. The text reads well in 80 columns.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from xlcheck.checking.console import WIDTH, plain_text, printable, trimmed
from xlcheck.checking.listing import Cells
from xlcheck.checking.messages import plural, show_apart, show_values
from xlcheck.checking.placement import is_number
from xlcheck.checking.report import CellResult, CheckReport, Kind, Status

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

ROWS = 10
_FORMULA_WIDTH = 240


def render_text(reports: Sequence[CheckReport], *, rows: int | None = ROWS, width: int = WIDTH) -> str:
    """The reports as plain text, without colour.

    Args:
        reports: what to show.
        rows: how many roots to show of each; None shows every cell.
        width: characters in a line.
    """
    return plain_text(lambda console: print_text(reports, console, rows=rows), width)


def print_text(reports: Sequence[CheckReport], console: Console, *, rows: int | None = ROWS) -> None:
    """Print the reports to a console of the library rich; see `render_text`."""
    for number, report in enumerate(reports):
        if number and not (report.ok and reports[number - 1].ok):
            console.print()
        for item in _report(report, rows):
            with trimmed(console):
                console.print(item, soft_wrap=False, highlight=False)


def verdict(report: CheckReport) -> str:
    """The verdict on one workbook in a few words."""
    counts = report.counts
    if counts.root or counts.carried:
        wrong = f"{plural(counts.root, 'cell', 'cells')} wrong, " if counts.root else ""
        return f"{wrong}{counts.carried} carried, {counts.agree} of {counts.checked} agree"
    if not counts.checked:
        return "nothing was checked"
    if counts.not_evaluated:
        return f"{plural(counts.not_evaluated, 'cell', 'cells')} could not be checked; {counts.agree} others agree"
    if counts.stray:
        return f"{plural(counts.stray, 'formula cell is', 'formula cells are')} unknown; {counts.agree} others agree"
    return f"all {plural(counts.agree, 'formula cell agrees', 'formula cells agree')} with Keras"


def _report(report: CheckReport, rows: int | None) -> Iterator[RenderableType]:
    from rich.text import Text

    mark, style = {0: ("✓", "bold green"), 1: ("✗", "bold red"), 3: ("?", "bold yellow")}[report.exit_code]
    yield Text.assemble((f"{mark} ", style), (printable(report.workbook), "bold"), ": ", (verdict(report), style))
    yield _indented(_circumstances(report), "dim")
    for edit in report.edits[: rows or None]:
        actual, desired = (printable(text) for text in show_apart(edit.actual, edit.desired))
        yield _indented(f"changed: {edit.sheet}!{edit.cell}, {edit.quantity}, is now {actual}; it was {desired}")
    if rows is not None and len(report.edits) > rows:
        yield _indented(f"and {len(report.edits) - rows} more changes")
    shown = report.cells if rows is None else report.cells.with_status(*_FIRST)[:rows]
    for number, cell in enumerate(shown, start=1):
        yield ""
        yield from _cell(number, cell, report)
    yield from _rest(report, shown, rows)


def _circumstances(report: CheckReport) -> str:
    parts = [f"{report.engine} against {report.oracle}"]
    parts += [f"{report.samples} samples"] if report.samples > 1 else []
    last_places = f" ({report.max_ulps:.3g} ULP)" if report.ok else ""
    parts += [f"difference ≤ {report.max_abs_error:.2g}{last_places}"] if report.counts.checked else []
    return ", ".join(parts)


def _cell(number: int, cell: CellResult, report: CheckReport) -> Iterator[RenderableType]:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    head = Text(f"{number:>3}  ", style="bold")
    head.append(f"{printable(cell.sheet)}!{cell.cell}", style="bold")
    head.append(f"  {printable(cell.quantity)}" if cell.quantity else "", style="cyan")
    head.append(f"  {_WORDS[cell.status]}", style=_STYLES[cell.status])
    if cell.diagnosis:
        head.append(f"  {cell.diagnosis}", style="italic")
    if report.samples > 1 and cell.sample is not None:
        head.append(f"  (sample {cell.sample + 1})", style="dim")
    yield head
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for label, text in _rows(cell):
        grid.add_row(Text(label, style="dim"), Text(printable(text)))
    yield Padding(grid, (0, 0, 0, 5))


def _rows(cell: CellResult) -> Iterator[tuple[str, str]]:
    actual, desired = show_values(cell)
    if cell.status is not Status.NOT_EVALUATED:
        yield "stored" if cell.kind is Kind.STALE_CACHE else "gives", actual
    if cell.desired is not None:
        yield "Keras" if cell.quantity else "should be", desired + _difference(cell)
    if cell.desired_from_precedents is not None:
        here = show_apart(cell.actual, cell.desired_from_precedents)[1]
        if here != desired:
            yield "should be", f"{here}, given the values it is computed from"
    if cell.formula is not None:
        yield "formula", cell.formula if len(cell.formula) <= _FORMULA_WIDTH else f"{cell.formula[:_FORMULA_WIDTH]}…"
    yield "why", cell.message


def _difference(cell: CellResult) -> str:
    if is_number(cell.actual) and is_number(cell.desired) and cell.kind is not Kind.STALE_CACHE:
        return f"  (difference {abs(cell.actual - cell.desired):.2g})"
    return ""


def _rest(report: CheckReport, shown: Cells, rows: int | None) -> Iterator[RenderableType]:
    lines = [] if rows is None else list(_hidden(report, shown))
    lines += [f"Note: {note}." for note in report.notes]
    if len(report.cells) > len(shown):
        lines.append(f"Every cell: {full_command(report)}")
    if lines and shown:
        yield ""
    for line in lines:
        yield _indented(line)


def full_command(report: CheckReport) -> str:
    """The command that shows everything."""
    name = report.engine.partition(" ")[0]
    engine = [] if name == "ironcalc" else ["--engine", name]
    return shlex.join(["xlcheck", "check", printable(report.workbook), *engine, "--all"])


def _hidden(report: CheckReport, shown: Cells) -> Iterator[str]:
    """What was not shown, counted."""
    left = Counter(cell.status for cell in report.cells.items)
    left.subtract(cell.status for cell in shown.items)
    if count := left[Status.ROOT]:
        yield f"{plural(count, 'more cell is', 'more cells are')} wrong."
    if count := left[Status.CARRIED]:
        yield f"{plural(count, 'cell is', 'cells are')} wrong only because an earlier cell is."
    if count := left[Status.NOT_EVALUATED]:
        yield f"{plural(count, 'more cell', 'more cells')} could not be computed by {report.engine}."
    if count := left[Status.UNBOUND]:
        yield f"{plural(count, 'formula belongs', 'formulas belong')} to no quantity; not checked."
    if count := left[Status.AGREE]:
        yield f"{plural(count, 'stored value is', 'stored values are')} not what the formula gives."


def _indented(text: str, style: str = "") -> RenderableType:
    from rich.padding import Padding
    from rich.text import Text

    return Padding(Text(printable(text), style=style), (0, 0, 0, 2))


_FIRST = (Status.ROOT, Status.NOT_EVALUATED)
_WORDS = {
    Status.ROOT: "wrong",
    Status.CARRIED: "carried",
    Status.NOT_EVALUATED: "not computed",
    Status.UNBOUND: "unbound",
    Status.AGREE: "stale",
}
_STYLES = {
    Status.ROOT: "bold red",
    Status.CARRIED: "yellow",
    Status.NOT_EVALUATED: "magenta",
    Status.UNBOUND: "blue",
    Status.AGREE: "blue",
}
