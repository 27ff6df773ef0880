"""Whether what an edit makes of a cell stands elsewhere on the worksheet, filled there."""

from __future__ import annotations

from pathlib import Path

import pytest
from recognised_sheets import Sheet, cell_at, sheet

from xlcheck.handmade.arrangements.arrangement import Candidate
from xlcheck.handmade.edits.elsewhere import as_elsewhere, is_as_elsewhere
from xlcheck.handmade.forms.term_changes import Edit

_CELLS: dict[str, object] = {
    "E1": 0.7, **{f"A{row}": 0.2 * row for row in range(2, 6)}, **{f"B{row}": f"=A{row}*$E$1" for row in range(2, 6)},
    "C2": "=TANH(B2)", "C3": "=TANH(B3)", "C4": "=EXP(B4)", "F2": "=B2+E1", "G2": "=F2*F2", "H2": "=G2",
    "I9": "=TANH(B3)+A5",
}  # fmt: skip


def _edit(own: Sheet, formulas: dict[str, str]) -> Edit:
    terms = {cell_at(name): own.terms.term_of(cell_at(name), text) for name, text in formulas.items()}
    return {cell: term for cell, term in terms.items() if term is not None}


@pytest.mark.parametrize(
    ("formulas", "stands", "beside"),
    [
        ({"C4": "TANH(B4)"}, True, True), ({"C4": "TANH(B3)"}, False, True), ({"C4": "TANH(B5)"}, False, False),
        ({"B6": "A2*A3"}, True, True), ({"B6": "A2*C2"}, False, False), ({"C4": "B4*B4"}, True, True),
        ({"C4": "TANH(B4)", "C5": "TANH(B5)"}, True, True), ({"C4": "TANH(B4)", "C5": "SIN(B5)"}, False, False),
        ({"C2": "EXP(B2)", "C4": "EXP(B4)"}, False, False), ({"C4": "TANH(B3)+A2"}, False, True),
    ],
)  # fmt: skip
def test_a_formula_may_stand_elsewhere(formulas: dict[str, str], stands: bool, beside: bool, tmp_path: Path) -> None:
    """Rule: it does the same there with computed cells that stand to it alike; with the very same ones if asked."""
    own = sheet(_CELLS, tmp_path)
    edit = _edit(own, formulas)
    assert len(edit) == len(formulas)
    assert is_as_elsewhere(edit, own.terms) is stands
    assert is_as_elsewhere(edit, own.terms, beside=True) is beside
    assert not is_as_elsewhere(edit, own.terms, among={cell_at("H2")})


def test_a_mere_copy_needs_two_such(tmp_path: Path) -> None:
    """Rule: one copy of what stands to its left is no sign that another cell should be one."""
    for more, is_one in (({}, False), ({"H3": "=G3", "G3": "=A3*2"}, True)):
        own = sheet(_CELLS | more, tmp_path)
        assert is_as_elsewhere(_edit(own, {"C4": "B4"}), own.terms) is is_one


@pytest.mark.parametrize(
    ("before", "edits", "left"),
    [
        (0.3, ["TANH(B4)", "SIN(B4)"], ["TANH(B4)"]),
        ("=EXP(B4)", ["TANH(B4)", "SIN(B4)"], ["TANH(B4)"]),
        ("=EXP(B4)", ["SIN(B4)", "TANH(B4)"], ["SIN(B4)", "TANH(B4)"]),
        ("=EXP(B4)", ["SIN(B4)", "COS(B4)"], ["SIN(B4)", "COS(B4)"]),
        ("=TANH(B4)", ["B4*B4", "SIN(B4)"], ["B4*B4", "SIN(B4)"]),
    ],
    ids=["a number", "the first one", "not the first one", "none", "was so before"],
)
def test_edits_that_make_what_stands_elsewhere_are_meant(
    before: object, edits: list[str], left: list[str], tmp_path: Path
) -> None:
    """Rule: others are left out, if the first edit of a cell is such; one of a cell that was like its line is none."""
    own = sheet(_CELLS | {"C4": before}, tmp_path)
    candidates = {text: Candidate(_edit(own, {"C4": text}), own.arrangement) for text in edits}
    assert [*as_elsewhere([*candidates.values()], own.terms)] == [candidates[text] for text in left]
