"""The marked copy of a workbook: roots red, carried cells amber, each with a note that says why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from xlcheck.checking.report import CheckReport, Status
from xlcheck.excel.addresses import parse_range
from xlcheck.excel.marking import Mark, write_marked

_COLORS = {Status.ROOT: "F8B4A6", Status.CARRIED: "FFE2A8", Status.NOT_EVALUATED: "D9D9D9"}
_TITLES = {Status.ROOT: "✗ wrong", Status.CARRIED: "carried on", Status.NOT_EVALUATED: "? not computed"}


def annotate(report: CheckReport, source: Path, target: Path) -> int:
    """Write a copy of the checked workbook in which every cell that does not agree is marked.

    Args:
        report: the check of the workbook.
        source: the workbook; it stays as it is.
        target: the copy to write.

    Returns:
        The number of marked cells.

    Raises:
        UsageError: the target is the workbook itself, or cannot be written.
        WorkbookError: the workbook cannot be read.
    """
    marks = list(_marks(report))
    write_marked(source, target, marks)
    return len(marks)


def _marks(report: CheckReport) -> Iterator[Mark]:
    for cell in report.cells.with_status(*_COLORS):
        place = parse_range(cell.cell)
        diagnosis = f" ({cell.diagnosis})" if cell.diagnosis else ""
        note = f"{_TITLES[cell.status]}{diagnosis}\n{cell.message}"
        if cell.desired is not None:
            note += (
                f"\nRight value: {cell.desired!r}" if isinstance(cell.desired, float) else f"\nRight: {cell.desired}"
            )
        yield Mark(cell.sheet, place.top, place.left, _COLORS[cell.status], note)
