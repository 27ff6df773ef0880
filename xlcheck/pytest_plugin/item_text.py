"""What an item of a workbook says when it fails, in 80 columns: its own cells, then those that follow from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from xlcheck.pytest_plugin.text import some, wrapped
from xlcheck.reports.groups import by_quantity
from xlcheck.reports.render_text import ROWS, full_command, render_text
from xlcheck.verdicts.listing import Cells
from xlcheck.verdicts.messages import plural
from xlcheck.verdicts.report import CellResult, CheckReport, Status


def item_text(report: CheckReport, cells: Sequence[CellResult]) -> str:
    """The failure of one item.

    Args:
        report: the check of the whole workbook.
        cells: the item's own cells that are not right.
    """
    shown = render_text([replace(report, cells=Cells(cells[:ROWS]))], rows=None)
    return "\n".join([shown, "", *(wrapped(text, "  ") for text in _paragraphs(report, len(cells) - ROWS))])


def carried_text(report: CheckReport) -> str:
    """Why the items that only follow from a wrong cell are skipped."""
    return f"{report.workbook}: wrong only because of {some([_place(cell) for cell in report.roots])}"


def _paragraphs(report: CheckReport, hidden: int) -> Iterator[str]:
    if hidden > 0:
        yield f"{plural(hidden, 'more cell', 'more cells')} of this quantity."
    if report.counts.carried and report.roots:
        groups = by_quantity(report).items()
        names = some([name for name, cells in groups if cells.with_status(Status.CARRIED)])
        number = plural(report.counts.carried, "cell is", "cells are")
        yield f"{number} wrong only because an earlier cell is: {names}."
    yield f"Every cell: {full_command(report)}"


def _place(cell: CellResult) -> str:
    return cell.quantity or f"{cell.sheet}!{cell.cell}"
