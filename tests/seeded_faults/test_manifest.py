"""Seeded faults in what a lesson's workbook says of itself: nothing passes of which a formula was not checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from thorough import EVERY_CASE, part_of, spread

from xlcheck.engines import engine
from xlcheck.errors import WorkbookError
from xlcheck.verdicts.generated.check import check_content
from xlcheck.verdicts.generated.expectation import expectation_of
from xlcheck.workbook.content import Cell, SheetContent, WorkbookContent
from xlcheck.workbook.manifest import SHEET, Manifest, manifest_of
from xlcheck.workbook.reader import read_workbook

WORKBOOKS = sorted((Path(__file__).parents[2] / "workbooks").glob("*.xlsx"))
STRIDE = 1 if EVERY_CASE else 10  # every binding and helper where it matters


def with_manifest(content: WorkbookContent, manifest: Manifest) -> WorkbookContent:
    """The same workbook with another manifest, sealed as if xlcheck had written it."""
    cells = {(row, 0): Cell(chunk) for row, chunk in enumerate(manifest.to_chunks())}
    old = content.sheets[SHEET].cells
    cells |= {place: cell for place, cell in old.items() if place[1] != 0}
    return replace(content, sheets={**content.sheets, SHEET: SheetContent(SHEET, "veryHidden", cells)})


def less_by_one(manifest: Manifest) -> Iterator[Manifest]:
    """The manifest without a binding, and without a helper, one at a time."""
    for field in ("bindings", "helpers"):
        items = getattr(manifest, field)
        for place in range(0, len(items), STRIDE):
            yield replace(manifest, **{field: items[:place] + items[place + 1 :]})


@pytest.mark.parametrize("path", spread(WORKBOOKS, 3), ids=lambda path: path.stem)
def test_a_workbook_without_bindings_is_refused(path: Path) -> None:
    """Its helpers would still be right, and would prove nothing."""
    content = read_workbook(path)
    manifest = manifest_of(content)
    assert manifest is not None

    with pytest.raises(WorkbookError, match=r"it does not say where .+ stands"):
        expectation_of(with_manifest(content, replace(manifest, bindings=())))


@pytest.mark.parametrize("lesson", part_of(["simple-rnn", "embedding"], 1))
def test_a_workbook_of_which_one_thing_is_not_known_never_passes_on_less(lesson: str) -> None:
    """Each binding and helper in turn: refused, not completely checked, or every formula cell checked all the same."""
    content = read_workbook(next(path for path in WORKBOOKS if path.stem == lesson))
    manifest = manifest_of(content)
    assert manifest is not None
    outcomes = set()
    for less in less_by_one(manifest):
        try:
            report = check_content(with_manifest(content, less), engine("ironcalc", guarded=False))
        except WorkbookError as error:
            assert re.search("it does not say where|which stands nowhere", str(error))  # noqa: PT017 - either this or a report
            outcomes.add("refused")
            continue
        assert report.exit_code in {0, 3}
        complete = report.counts.checked == report.counts.formula_cells
        assert report.ok == (complete and not report.alterations)
        outcomes.add("passed" if report.ok else "missed")

    assert outcomes >= {"refused", "missed"}
