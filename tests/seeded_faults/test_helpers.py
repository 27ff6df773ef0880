"""Helper cells of generated workbooks: nothing passes in which a formula is not the one that was written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from xlcheck.engines.ironcalc import IronCalc
from xlcheck.verdicts.generated.check import check_content
from xlcheck.verdicts.report import Kind
from xlcheck.workbook.content import Cell, WorkbookContent
from xlcheck.workbook.reader import read_workbook

WORKBOOKS = Path(__file__).parents[2] / "workbooks"


def with_verdicts(content: WorkbookContent) -> tuple[WorkbookContent, set[tuple[str, int, int]]]:
    """The workbook with a check mark as a formula for every live verdict, and where they stand."""
    places = {(s, r, c) for s, r, c, cell in content.formula_cells() if cell.formula and '"✗"' in cell.formula}
    sheets = {
        name: replace(sheet, cells={**sheet.cells, **{p[1:]: Cell("✓", '"✓"') for p in places if p[0] == name}})
        for name, sheet in content.sheets.items()
    }
    return replace(content, sheets=sheets), places


@pytest.mark.parametrize("name", ["lstm", "architectures"])
def test_verdicts_that_are_always_right_do_not_pass(name: str) -> None:
    """Every verdict that was replaced by a check mark is named, though its value is what it should be."""
    content, places = with_verdicts(read_workbook(WORKBOOKS / f"{name}.xlsx"))
    report = check_content(content, IronCalc())

    assert len(report.roots) == len(places) > 10
    assert {root.kind for root in report.roots} == {Kind.NOT_AS_WRITTEN}
    assert report.exit_code == 1
