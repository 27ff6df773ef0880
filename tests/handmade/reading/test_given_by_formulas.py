"""Numbers that formulas give without reading any: drawn at random, and held fixed; or typed, and said to be."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from xlcheck.api import check
from xlcheck.choices import EngineName
from xlcheck.engines import engine
from xlcheck.errors import NothingCheckedError
from xlcheck.handmade.reading.cells import CellTable
from xlcheck.handmade.reading.engine_choice import answers_of
from xlcheck.handmade.reading.given_by_formulas import is_drawn, is_typed
from xlcheck.workbook.reader import read_workbook

STEPS = 4


def recurrent(path: Path, weight: str, **edits: object) -> Path:
    """A SimpleRNN of one unit over four steps, whose three weights are one formula each."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (2, 3, 4):
        sheet[f"B{row}"] = f"={weight}"
    for step, column in enumerate("BCDE"):
        before = f"+{'ABCD'[step]}7*$B$3" if step else ""
        sheet[f"{column}1"] = 0.5 - step / 4
        sheet[f"{column}6"] = f"={column}1*$B$2{before}+$B$4"
        sheet[f"{column}7"] = f"=TANH({column}6)"
    for cell, value in edits.items():
        sheet[cell] = value
    book.save(path)
    return path


@pytest.mark.parametrize("formula", ["RAND()", "2*_xlfn.RANDARRAY(2,2)-1", "RANDBETWEEN(1,9)/10", "A1+rand()"])
def test_what_draws_is_told_from_what_only_looks_like_it(formula: str) -> None:
    """A word in a text or a name is no function."""
    assert is_drawn(formula)
    assert not is_drawn(f'"{formula}"')
    assert not is_typed(formula)


@pytest.mark.parametrize(("formula", "typed"), [("0.6434", True), ("-(1/3)^2", True), ("A1", False), ("EXP(1)", False)])
def test_what_was_typed_as_a_formula(formula: str, typed: bool) -> None:
    """Numbers and signs alone; a function is a calculation."""
    assert is_typed(formula) == typed


@pytest.mark.parametrize("name", ["ironcalc", "cellrune"])
def test_random_numbers_are_the_same_in_each_session(tmp_path: Path, name: EngineName) -> None:
    """As one calculation drew them, or, by an engine that draws none, as the file stores them; arrays as well."""
    path = recurrent(tmp_path / "w.xlsx", "RAND()-0.5")
    book = openpyxl.load_workbook(path)
    book.active["H1"] = ArrayFormula("H1:I2", "=RANDARRAY(2,2)")
    book.save(path)
    table = CellTable(read_workbook(path))

    answers = answers_of(table, engine(name))

    values = [table.recalculate(session) for session in (answers.sessions.saved(), answers.sessions.open())]
    assert all((each.numbers == answers.values.numbers).all() or name == "cellrune" for each in values)
    assert values[0].others == values[1].others == answers.values.others


def test_a_network_with_random_weights_agrees_and_the_report_says_so(tmp_path: Path) -> None:
    """For one drawing."""
    report = check(recurrent(tmp_path / "w.xlsx", "RAND()-0.5"))

    assert (report.exit_code, report.counts.agree) == (0, 2 * STEPS)
    assert any(note.startswith("the numbers in Sheet!B2, Sheet!B3, Sheet!B4 are random") for note in report.notes)


@pytest.mark.parametrize("edit", ["{}+0*RAND()", "IF(RAND()<0.0001,0,{})"])
def test_a_formula_that_may_give_something_else_tomorrow_is_not_right(tmp_path: Path, edit: str) -> None:
    """It holds the right number today, so it is not wrong either."""
    right = "D1*$B$2+C7*$B$3+$B$4"

    path = recurrent(tmp_path / "w.xlsx", "RAND()-0.5", D6=f"={edit.format(right)}")

    with pytest.raises(NothingCheckedError, match="D6 should hold is not certain"):  # a layer of a single unit
        check(path)


def test_typed_formulas_are_constants_and_the_report_says_so(tmp_path: Path) -> None:
    """`=0.6434` computes nothing."""
    report = check(recurrent(tmp_path / "w.xlsx", "0.25"))

    assert report.exit_code == 0
    assert "Sheet!B2, Sheet!B3, Sheet!B4 are formulas of typed numbers alone; nothing is computed there" in report.notes
