"""Samples of two steps, one under another, as learners lay out “very good” and “very bad”: where each begins."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer, verdict

Cells = dict[str, object]

pytestmark = pytest.mark.keras

_WORDS = ((1, 0, 0), (0, 1, 0), (1, 0, 0), (0, 0, 1))
_FIRST = (3, 5)
_ROWS = range(3, 7)


def _sheet(begins: str = "IF(B{row}=1,0,F{before})", *, asks: bool = True) -> Cells:
    """Two samples of two words in the rows 3 to 6: the step in B, words in C to E, the state in F, the answer in G."""
    cells: Cells = {"H1": 0.7, "H2": -1.2, "H3": 0.9, "H4": 0.45, "H5": 0.15, "J1": 1.3, "J2": -0.25}
    for row, word in zip(_ROWS, _WORDS, strict=True):
        cells |= {f"B{row}": 1 + (row not in _FIRST), **dict(zip((f"C{row}", f"D{row}", f"E{row}"), word, strict=True))}
        before = "" if row in _FIRST else f"+F{row - 1}*H$4"
        state = f"+{begins.format(row=row, before=row - 1)}*H$4" if asks else before
        cells[f"F{row}"] = f"=TANH(C{row}*H$1+D{row}*H$2+E{row}*H$3{state}+H$5)"
        if row not in _FIRST:
            cells[f"G{row}"] = f"=1/(1+EXP(-(F{row}*J$1+J$2)))"
    return cells


def test_samples_of_two_steps_begin_where_these_are_counted_anew(tmp_path: Path) -> None:
    """Rule: 1, 2, 1, 2 counts steps; 0, 1, 0, 1 may be what they should say, and nothing says where samples begin."""
    cells = _sheet(asks=False)
    assert answer(cells, tmp_path) == (0, set())
    assert verdict(cells | {f"B{row}": (row not in _FIRST) + 0 for row in _ROWS}, tmp_path, effort=3).code == 3


@pytest.mark.parametrize(
    "begins",
    ["IF(B{row}=1,0,F{before})", "IF($B{row}>1,F{before},0)", "IF(B{row}<>1,F{before},0)", "IF(B{row}<=1,0,F{before})"],
)
def test_a_step_may_ask_whether_a_sample_begins(begins: str, tmp_path: Path) -> None:
    """Rule: what is 0 at the first step of each sample and the state before at the others is the state before."""
    assert answer(_sheet(begins), tmp_path) == (0, set())


def test_a_wrong_formula_among_those_that_ask_is_found(tmp_path: Path) -> None:
    """Rule: the wrong cell is named, with the formula that stands there."""
    cells = _sheet()
    cells["F6"] = str(cells["F6"]).replace("D6*H$2", "D6*H$1")
    found = verdict(cells, tmp_path)
    assert (found.code, found.roots) == (1, {"F6"})


@pytest.mark.parametrize(
    "change",
    [
        {"F5": "=TANH(C5*H$1+D5*H$2+E5*H$3+F4*H$4+H$5)"},  # goes on with the state of another sample
        {
            "B5": 3,
            "B6": 4,
            **{f"F{row}": _sheet(asks=False)[f"F{row}"] for row in _ROWS},
        },  # counted on, and begins anew
        {f"F{row}": str(_sheet("IF(B{row}=3,0,F{before})")[f"F{row}"]) for row in _ROWS},  # asks for what never comes
    ],
)
def test_a_sample_that_goes_on_with_another_one_is_no_pass(change: Cells, tmp_path: Path) -> None:
    code, roots = answer(_sheet() | change, tmp_path)
    assert code in {1, 3}
    assert roots <= {"F5"}
