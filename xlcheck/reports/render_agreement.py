"""Several engines side by side: what each of them says of each workbook, and where they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from xlcheck.grouping import grouped
from xlcheck.reports.lines import plain_text, trimmed
from xlcheck.reports.render_text import SIGNS
from xlcheck.shown import printable
from xlcheck.verdicts.report import CheckReport, Status

if TYPE_CHECKING:
    from rich.console import Console

_ROWS = 10


def render_agreement(reports: Sequence[CheckReport]) -> str:
    """The table as plain text, without colour."""
    return plain_text(lambda console: print_agreement(reports, console))


def print_agreement(reports: Sequence[CheckReport], console: Console) -> None:
    """Print one block for each workbook: one row an engine, then the cells on which they do not agree."""
    with trimmed(console):
        for number, (workbook, group) in enumerate(grouped((report.workbook, report) for report in reports).items()):
            if number:
                console.print()
            _block(workbook, group, console)


def _block(workbook: str, group: Sequence[CheckReport], console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    console.print(Text(printable(workbook), style="bold"))
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("    engine", no_wrap=True)
    for heading in ("agree", "wrong", "carried", "no verdict", "difference"):
        table.add_column(heading, justify="right")
    for report in group:
        counts = report.counts
        table.add_row(
            Text(f"  {SIGNS[report.exit_code]} {report.engine}", style="green" if report.ok else "red"),
            f"{counts.agree}/{counts.formula_cells - counts.unbound}",
            str(counts.root),
            str(counts.carried),
            str(counts.not_evaluated),
            f"{report.max_abs_error:.2g}",
        )
    console.print(table)
    for line in _quarrels(group):
        console.print(Text(f"  {line}"))


def _quarrels(reports: Sequence[CheckReport]) -> Iterator[str]:
    """The cells on which the engines' verdicts differ."""
    if len(reports) < 2:
        return
    statuses: dict[tuple[str, str], dict[str, Status]] = {}
    for report in reports:
        for cell in report.cells:
            statuses.setdefault((cell.sheet, cell.cell), {})[report.engine] = cell.status
    differing = [
        (place, by_engine)
        for place, by_engine in statuses.items()
        if len({by_engine.get(report.engine, Status.AGREE) for report in reports}) > 1
    ]
    if not differing:
        yield "The engines give the same verdict on every cell."
    for (sheet, address), by_engine in differing[:_ROWS]:
        verdicts = ", ".join(f"{r.engine}: {by_engine.get(r.engine, Status.AGREE)}" for r in reports)
        yield printable(f"{sheet}!{address}  {verdicts}")
    if len(differing) > _ROWS:
        yield f"and {len(differing) - _ROWS} more cells on which they differ"
