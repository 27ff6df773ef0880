"""The page Picture: live numbers of whatever step and unit is chosen, in every box."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import openpyxl
import pytest

from xlcheck import check
from xlcheck.engines import engine
from xlcheck.layout.picture_page import NAME
from xlcheck.verdicts.expectation import expectation_of
from xlcheck.verdicts.report import Status
from xlcheck.workbook.reader import read_workbook

WORKBOOKS = Path(__file__).parents[2] / "workbooks"
DRAWN = ["simple-rnn", "lstm", "gru", "embedding", "bidirectional", "architectures", "sentiment"]


@pytest.mark.parametrize("lesson", DRAWN)
def test_every_choice_shows_keras_numbers(lesson: str) -> None:
    """For each step and each unit that can be chosen, every box shows Keras's number."""
    path = WORKBOOKS / f"{lesson}.xlsx"
    manifest, graph = expectation_of(read_workbook(path))
    session = engine("ironcalc").open(path)
    steps = 1 + max(q.step or 0 for q in graph)
    views = [view for view in manifest.views if view.factors]
    assert len(views) >= 5
    for step, unit in product(range(1, steps + 1), (1, 2)):
        chosen = {}
        for view in views:
            for cell, number in ((view.step, step), (view.unit, unit)):
                if cell is not None:
                    chosen[cell] = number
                    session.set(cell.sheet, cell.top, cell.left, float(number))
        session.recalculate()
        for view in views:
            ((actual,),) = session.read(view.cell)
            assert actual == pytest.approx(view.helper(manifest.trace, chosen).desired[0], abs=1e-13), view


@pytest.fixture
def another_step(tmp_path: Path) -> Path:
    """The LSTM's workbook with the first step chosen, not the last."""
    path = tmp_path / "lstm.xlsx"
    manifest, _ = expectation_of(read_workbook(WORKBOOKS / "lstm.xlsx"))
    book = openpyxl.load_workbook(WORKBOOKS / "lstm.xlsx")
    step = next(view.step for view in manifest.views if view.step is not None)
    book[step.sheet].cell(step.top + 1, step.left + 1).value = 1
    book.save(path)
    return path


def test_a_choice_is_no_change(another_step: Path) -> None:
    """A workbook in which another step was chosen agrees: the boxes are compared with that step's numbers."""
    report = check(another_step)

    assert report.ok, report.cells
    assert not report.alterations


def test_a_wrong_box_is_found(another_step: Path) -> None:
    """A box that reads another cell than it should is a root, even if it shows the right number."""
    book = openpyxl.load_workbook(another_step)
    cell = next(c for row in book[NAME].iter_rows() for c in row if str(c.value).startswith("=INDEX(lstm!"))
    cell.value = f"{cell.value}+0"
    book.save(another_step)
    report = check(another_step)

    assert [(r.sheet, r.cell, r.status) for r in report.cells] == [(NAME, cell.coordinate, Status.ROOT)]


def test_the_sample_is_chosen_in_the_same_view() -> None:
    """The cells that choose sample and step stand in the rows that stay in sight, with drop-downs."""
    content = openpyxl.load_workbook(WORKBOOKS / "lstm.xlsx")
    manifest, _ = expectation_of(read_workbook(WORKBOOKS / "lstm.xlsx"))
    page = content[NAME]
    chosen = {str(rule.sqref) for rule in page.data_validations.dataValidation}
    assert manifest.selector is not None
    cells = [manifest.selector, next(view.step for view in manifest.views if view.step)]

    assert {cell.a1 for cell in cells} <= chosen
    assert all(cell.top < int(page.freeze_panes[1:]) - 1 for cell in cells)
