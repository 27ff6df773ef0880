"""The marked copy of a workbook: roots framed and red, carried cells amber, broken patterns blue, each with a note."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from xlcheck.formulas.addresses import parse_range
from xlcheck.verdicts.messages import show_apart, show_values
from xlcheck.verdicts.report import CellResult, CheckReport, Status
from xlcheck.workbook.marking import Mark, write_marked

_COLORS = {Status.ROOT: "F8B4A6", Status.CARRIED: "FFE2A8", Status.NOT_EVALUATED: "D9D9D9"}
_WARNING = "BBDDF2"
_TITLES = {Status.ROOT: "✗ wrong", Status.CARRIED: "→ carried", Status.NOT_EVALUATED: "? no verdict"}


def annotate(report: CheckReport, source: Path, target: Path) -> int:
    """Write a copy of the checked workbook in which every cell is marked that does not agree, or breaks a pattern.

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
    warned = {(warning.sheet, warning.cell) for warning in report.warnings}
    for warning in report.warnings:
        place = parse_range(warning.cell)
        note = f"? unlike its neighbours\n{warning.message}.\nFormula as theirs: {warning.pattern_formula}"
        yield Mark(warning.sheet, place.top, place.left, _WARNING, note)
    for cell in report.cells.with_status(*_COLORS):
        if (cell.sheet, cell.cell) in warned:
            continue
        place = parse_range(cell.cell)
        diagnosis = f": {cell.diagnosis.replace('-', ' ')}" if cell.diagnosis else ""
        note = f"{_TITLES[cell.status]}{diagnosis}\n{cell.message}"
        if cell.desired is not None:
            note += f"\nRight value{_proviso(cell)}: {show_values(cell)[1]}"
        if cell.desired_formula is not None:
            note += f"\nRight formula: {cell.desired_formula}"
        yield Mark(cell.sheet, place.top, place.left, _COLORS[cell.status], note, framed=cell.status is Status.ROOT)


def _proviso(cell: CellResult) -> str:
    """When a wrong cell will have its right value, if correcting the cell itself is not enough."""
    here = cell.desired_from_precedents
    if cell.status is not Status.ROOT or here is None or show_apart(cell.actual, here)[1] == show_values(cell)[1]:
        return ""
    return " once the cells before it are right, too"
