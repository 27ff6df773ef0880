"""The fixture `xlcheck_workbook`: recalculate a workbook, compare it with Keras, fail with the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from xlcheck.api import check
from xlcheck.arguments import checked
from xlcheck.errors import XlcheckError
from xlcheck.pytest_plugin.report_files import workbook_failure
from xlcheck.pytest_plugin.settings import (
    Level,
    Settings,
    as_patterns,
    level_of,
    marker_engine,
    marker_levels,
    tolerance_of_everything,
)
from xlcheck.pytest_plugin.text import FAILURE_WIDTH, wrapped
from xlcheck.reports.render_text import render_text

if TYPE_CHECKING:
    from xlcheck.choices import EngineName
    from xlcheck.verdicts.report import CheckReport


@dataclass(frozen=True)
class WorkbookCheck:
    """What the fixture `xlcheck_workbook` gives to a test; call it."""

    item: pytest.Item = field(repr=False)
    settings: Settings = field(repr=False)

    @checked
    def __call__(
        self,
        path: str | Path,
        model: Any = None,
        inputs: Any = None,
        bindings: str | Path | None = None,
        *,
        engine: str | None = None,
        atol: float | None = None,
        rtol: float | None = None,
        tolerances: Mapping[str, Any] | None = None,
        allow_edits: bool = False,
        **options: Any,
    ) -> CheckReport:
        """Recalculate a workbook and compare every formula cell; the test fails unless all of them agree.

        Args:
            path: the workbook.
            model: a `.keras` file or a `keras.Model` to compare with; a workbook that xlcheck wrote knows its own.
            inputs: the samples that a workbook made by xlcheck must hold.
            bindings: which cells hold what, for a workbook made by hand.
            engine: recalculates the file; by default the marker's, else that of `--xlcheck-engine`.
            atol: absolute tolerance; by default the nearest one set for every quantity, else the workbook's own.
            rtol: tolerance relative to each quantity's largest magnitude.
            allow_edits: whether inputs and weights of a workbook made by xlcheck may have been changed since.
            tolerances: pattern of quantity names → atol, or (atol, rtol): `{"lstm.*": 1e-9}`.
            **options: further arguments of `xlcheck.check`.

        Returns:
            The report, in which everything agrees.
        """
        __tracebackhide__ = True
        given = {"model": model, "inputs": inputs, "bindings": bindings, "as_built": not allow_edits, **options}
        report = self._check(path, engine, (atol, rtol, tolerances), given)
        if isinstance(report, XlcheckError):
            pytest.fail(wrapped(str(report), width=FAILURE_WIDTH))
        if not report.ok:
            if self.settings.report is not None:
                self.settings.record.add_failure(workbook_failure(report, self.item.nodeid))
            pytest.fail(render_text([report], width=FAILURE_WIDTH))
        return report

    def _check(
        self, path: str | Path, engine: str | None, limits: Sequence[Any], given: Mapping[str, Any]
    ) -> CheckReport | XlcheckError:
        try:
            levels = [level_of("xlcheck_workbook", *limits), *marker_levels(self.item), *self.settings.levels]
            # Shown as whoever called pytest finds it, wherever the test has gone meanwhile.
            place = Path(path).absolute()
            place_or_name = self.settings.shown(place) if Path.cwd() == self.settings.folder else place
            report = check_with(
                place_or_name, engine or marker_engine(self.item) or self.settings.engine, levels, **given
            )
            return replace(report, workbook=self.settings.shown(place))
        except XlcheckError as error:
            return error


def check_with(path: str | Path, engine: str, levels: Sequence[Level], **options: Any) -> CheckReport:
    """Check a workbook with the nearest tolerance of each quantity; its own where none is set.

    Levels go from near to far; further options of `xlcheck.check` that are None are left out.

    Raises:
        XlcheckError: see `xlcheck.check`.
    """
    given = {name: value for name, value in options.items() if value is not None}
    limit = tolerance_of_everything(levels)
    if limit is not None:
        given |= {"atol": limit.atol, "rtol": limit.rtol}
    patterns = {pattern: (limit.atol, limit.rtol) for pattern, limit in as_patterns(levels).items()}
    return check(path, engine=cast("EngineName", engine), tolerances=patterns, **given)
