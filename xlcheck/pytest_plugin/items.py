"""Workbooks as collected files, their quantities as test items: `lstm.xlsx::lstm.f[1]`.

A workbook is checked once, when its first item runs; its items look up their part of the report.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import pytest

from xlcheck.errors import WorkbookError, XlcheckError
from xlcheck.formulas.addresses import Range
from xlcheck.learning.forward import forward_graph
from xlcheck.pytest_plugin.report_files import workbook_failure
from xlcheck.pytest_plugin.settings import Settings
from xlcheck.pytest_plugin.text import some, wrapped
from xlcheck.pytest_plugin.workbook_check import check_with
from xlcheck.reports.groups import by_quantity
from xlcheck.reports.render_text import ROWS, full_command, render_text
from xlcheck.verdicts.cell_result import Cells
from xlcheck.verdicts.messages import others_on, plural
from xlcheck.verdicts.report import CellResult, CheckReport, Status
from xlcheck.workbook.content import WorkbookContent
from xlcheck.workbook.manifest import Manifest, is_generated, manifest_of
from xlcheck.workbook.reader import read_workbook

_UNREADABLE = "workbook"


class WorkbookFile(pytest.File):
    """A workbook that was found by `pytest --xlcheck`.

    Attributes:
        settings: of the run.
        groups: the names of its items; what belongs to none of them is shown with the constants.
        problem: why the file could not be read.
    """

    settings: Settings
    groups: tuple[str, ...] = ()
    problem: XlcheckError | None = None

    @classmethod
    def of(cls, path: Path, parent: pytest.Collector, settings: Settings) -> WorkbookFile:
        """The collector of one workbook."""
        collector: WorkbookFile = cls.from_parent(parent, path=path)
        collector.settings = settings
        return collector

    def collect(self) -> Iterator[pytest.Item]:
        """One item for each quantity with a formula; one that fails if the file cannot be read."""
        try:
            content = read_workbook(self.path)
            if is_generated(content) or not self.path.with_suffix(".toml").is_file():
                self.groups = groups_in(content)
            else:  # made by hand, with bindings: what its cells hold is known when it has been checked
                self.groups = self._bound()
        except XlcheckError as error:
            self.groups = (_UNREADABLE,)
            self.problem = error
        for name in self.groups:
            # Given as a text, since pytest 9.2 and --lf compare identifiers that they parsed from texts.
            yield WorkbookItem.from_parent(self, name=name, nodeid=f"{self.nodeid}::{name}")

    def _bound(self) -> tuple[str, ...]:
        report = self.report
        if isinstance(report, XlcheckError):
            raise report
        return (*by_quantity(report), CONSTANTS)

    @cached_property
    def report(self) -> CheckReport | XlcheckError:
        """The check of the workbook, or why there is none."""
        if self.problem is not None:
            return self.problem
        try:
            report = check_with(self.path, self.settings.engine, self.settings.levels, as_built=True)
            report = replace(report, workbook=self.settings.shown(self.path))
        except XlcheckError as error:
            return error
        if not report.ok and self.settings.report is not None:
            self.settings.record.add_failure(workbook_failure(report, self.nodeid))
        return report

    @cached_property
    def wrong(self) -> dict[str, Cells]:
        """Every group that was compared, with its cells that are not right; nothing if there is no report."""
        return by_quantity(self.report) if isinstance(self.report, CheckReport) else {}


class WorkbookItem(pytest.Item):
    """One quantity of a workbook."""

    parent: WorkbookFile

    def runtest(self) -> None:
        """Fail if a cell of the quantity is wrong in itself; skip if all that is wrong comes from elsewhere."""
        report = self.parent.report
        if isinstance(report, XlcheckError):
            pytest.fail(wrapped(str(report)), pytrace=False)
        cells = self._cells()
        states = {item.status for item in cells.items}
        if states & {Status.ROOT, Status.NOT_EVALUATED} or (states and not report.counts.root):
            pytest.fail(item_text(report, cells), pytrace=False)
        if states:
            pytest.skip(carried_text(report))
        incomplete = report.counts.stray or report.reservations
        if self.name == CONSTANTS and (incomplete or report.differs_from_built):
            pytest.fail(render_text([report]), pytrace=False)
        if not report.counts.checked or self.name not in (*self.parent.wrong, CONSTANTS):
            pytest.fail(wrapped(f"{report.workbook}: no cell of {self.name} was checked"), pytrace=False)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the item is, and what it is called in the heading of its failure."""
        return self.path, None, f"{self.parent.name}: {self.name}"

    def _cells(self) -> Cells:
        """The cells of this item that are not right."""
        groups = self.parent.wrong
        if self.name != CONSTANTS:
            return groups.get(self.name, Cells())
        return Cells(item for name, cells in groups.items() if name not in self.parent.groups for item in cells.items)


def item_text(report: CheckReport, cells: Sequence[CellResult]) -> str:
    """The failure of one item."""
    shown = render_text([replace(report, cells=Cells(cells[:ROWS]))], rows=None)
    return "\n".join([shown, "", *(wrapped(text, "  ") for text in _paragraphs(report, len(cells) - ROWS))])


def carried_text(report: CheckReport) -> str:
    """Why the items that only follow from a wrong cell are skipped."""
    roots = [cell.quantity or f"{cell.sheet}!{cell.cell}" for cell in report.roots]
    return f"{report.workbook}: wrong only because of {some(roots)}"


def _paragraphs(report: CheckReport, hidden: int) -> Iterator[str]:
    if hidden > 0:
        yield f"{plural(hidden, 'more cell', 'more cells')} of this quantity."
    if report.counts.carried and report.roots:
        groups = by_quantity(report).items()
        names = some([name for name, cells in groups if cells.with_status(Status.CARRIED)])
        number = plural(report.counts.carried, "cell is", "cells are")
        yield f"{number} wrong only because an earlier cell is: {names}."
    yield f"Every cell: {full_command(report)}"


Place = tuple[str, int, int]

CONSTANTS = "inputs and weights"
"""The group of everything that is typed in; what belongs to no other group is found here."""


def groups_in(content: WorkbookContent) -> tuple[str, ...]:
    """Names of the groups of formula cells, in calculation order, and the group of the constants.

    Raises:
        WorkbookError: xlcheck did not write the workbook, or its hidden worksheet is damaged.
    """
    manifest = manifest_of(content)
    if manifest is None:
        raise WorkbookError(
            f"{content.path} was not written by xlcheck, so nobody knows what it should compute; "
            "put bindings beside it (xlcheck bind FILE), or check it with xlcheck_workbook(path, model=…, inputs=…)"
        )
    return (*dict.fromkeys(_groups(content, manifest)), CONSTANTS)


def _groups(content: WorkbookContent, manifest: Manifest) -> Iterator[str]:
    graph = forward_graph(manifest.spec)
    others = [*(helper.cell for helper in manifest.helpers), *(filled.area for filled in manifest.filled)]
    helpers = {place for area in others for place in _places(area)}
    formulas = {
        (name, row, column)
        for name, sheet in content.sheets.items()
        for (row, column), cell in sheet.cells.items()
        if cell.formula is not None
    }
    bound: set[Place] = set()
    live: set[str] = set()
    for binding in manifest.bindings:
        places = set(_places(binding.area))
        bound |= places
        is_computed = binding.quantity in graph and graph[binding.quantity].expr is not None
        if is_computed or not helpers.isdisjoint(places) or not formulas.isdisjoint(places):
            live.add(binding.quantity)
    yield from (q.name for q in graph if q.name in live)
    yield from (others_on(sheet) for sheet, row, column in sorted(helpers - bound))


def _places(area: Range) -> Iterator[Place]:
    return ((area.sheet, row, column) for row, column in area.cells())
