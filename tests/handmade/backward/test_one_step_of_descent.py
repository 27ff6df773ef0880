"""One step of descent beside a unit: what is said of it, and of the one formula that spoils it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from descent_sheets import descent
from recognised_sheets import a1, cell_at, sheet

from xlcheck.handmade.accepting.summary import Abstention
from xlcheck.handmade.backward.slopes import StepOfDescent
from xlcheck.handmade.backward_judging.descent import both_ways, culprits_of, with_descent, without_verdict
from xlcheck.handmade.reading.sheet_groups import SheetGroup
from xlcheck.verdicts.parts import Part
from xlcheck.verdicts.report import CellResult, Status

_Found = tuple[list[Part], list[Abstention]]


def _said(wrong: Mapping[str, object], folder: Path, known: str = "F4") -> Part | None:
    """What is said of the step, if of what leads to the result a cell is known, and the loss and others are not."""

    def settle(part: SheetGroup) -> _Found:
        left = [cell for cell in part.table.texts if a1(cell) != known]
        return [Part((), held={cell_at(known): "y"})], [Abstention(part.table, part.values, left, "")] if left else []

    found = with_descent(sheet(descent(1, wrong), folder).part, settle)
    return None if found is None else found[0][-1]


def _roots(part: Part) -> Sequence[tuple[str, str | None]]:
    own = [result for result in part.results if isinstance(result, CellResult) and result.status is Status.ROOT]
    return [(result.cell, result.desired_formula) for result in own]


def test_a_step_down_the_slopes_is_known(tmp_path: Path) -> None:
    """Rule: the loss, its slopes and the new weights are right if each weight moves along the slope of the loss."""
    part = _said({}, tmp_path)
    assert part is not None
    assert {a1(cell): what for cell, what in part.held.items()} == {
        "G4": "part of the loss", "H4": "part of a gradient", "I4": "part of a gradient",
        "A5": "S!A4 after the step", "B5": "S!B4 after the step",
    }  # fmt: skip
    assert (part.results, part.checked) == ([], 5)
    assert "makes S!G4 smaller" in part.notes[0]


def test_where_the_result_is_not_known_nothing_is_said(tmp_path: Path) -> None:
    """Rule: slopes are those of formulas that agree with Keras; and a sheet without updates is no step."""
    assert _said({}, tmp_path, known="Z9") is None
    assert _said({"A5": None, "B5": None}, tmp_path) is None


def test_the_formula_that_spoils_a_step_is_named(tmp_path: Path) -> None:
    """Rule: if two weights move along their slopes, one edit puts the third one right."""
    more: dict[str, object] = {"L4": 0.25, "M4": 0.7, "F4": "=TANH(A4*C4+B4*D4+L4*M4)"}
    more |= {"N4": "=2*(F4-E4)*(1-F4^2)*M4", "L5": "=L4-$K$1*N4"}
    right = _said(more, tmp_path)
    assert right is not None
    assert not right.results
    wrong = more | {"I4": "=2*(F4-E4)*(1-F4^2)*C4"}
    part = _said(wrong, tmp_path)
    assert part is not None
    assert _roots(part) == [("I4", "=2*(F4-E4)*(1-F4^2)*D4")]

    own, good = sheet(descent(1, wrong), tmp_path), sheet(descent(1, more), tmp_path)
    found = culprits_of(StepOfDescent(own.terms, {}), own.table)
    assert {*map(a1, found)} == {"I4"}  # and not B5, which is filled as A5 is
    cell = cell_at("I4")
    assert found[cell].wanted[cell] == pytest.approx(good.terms.number(cell), rel=1e-6)
    assert culprits_of(StepOfDescent(good.terms, {}), good.table) == {}


@pytest.mark.parametrize(("asked", "is_both"), [("$D4>0", False), ("$F4>0", True)])
def test_a_choice_is_known_if_both_answers_were_looked_at(asked: str, is_both: bool, tmp_path: Path) -> None:
    """Rule: settings change a result so that it is above 0 and below; what a typed number says stays as it is."""
    own = sheet(descent(1, {"H4": f"=IF({asked},2,2.5)*(F4-E4)*C4"}), tmp_path)
    cell = cell_at("H4")
    assert both_ways([StepOfDescent(own.terms, {})], [cell], own.table) == ({cell} if is_both else set())


def test_what_is_told_is_left_no_more(tmp_path: Path) -> None:
    """Rule: cells with a verdict leave the others as they were, and nothing is said of none."""
    own = sheet(descent(1), tmp_path)
    one, other = (Abstention(own.table, own.values, [*map(cell_at, names)], "why") for names in (("F4", "G4"), ("H4",)))
    (left,) = without_verdict([one, other], {cell_at("G4"), cell_at("H4")})
    assert ([*map(a1, left.cells)], left.reason) == (["F4"], "why")
