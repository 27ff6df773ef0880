"""Workbooks as collected files, their quantities as test items: `lstm.xlsx::lstm.f[1]`.

A workbook is checked once, when its first item runs; its items look up their part of the report.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import pytest

from xlcheck.errors import XlcheckError
from xlcheck.pytest_plugin.groups import CONSTANTS, groups_in
from xlcheck.pytest_plugin.item_text import carried_text, item_text
from xlcheck.pytest_plugin.report_files import workbook_failure
from xlcheck.pytest_plugin.settings import Settings
from xlcheck.pytest_plugin.text import wrapped
from xlcheck.pytest_plugin.workbook_check import check_with
from xlcheck.reports.groups import by_quantity
from xlcheck.reports.render_text import render_text
from xlcheck.verdicts.listing import Cells
from xlcheck.verdicts.report import CheckReport, Status
from xlcheck.workbook.manifest import is_generated
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
