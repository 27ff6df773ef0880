"""Worksheets in which all results are rounded, as in an exam, are checked as if none was."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer, save

from xlcheck.api import check

pytestmark = pytest.mark.keras


def _exam(digits: int) -> dict[str, object]:
    """One unit over four steps, and its output, each result rounded."""
    cells: dict[str, object] = {"A2": "w", "B2": 0.7, "A3": "u", "B3": -0.4, "A4": "b", "B4": 0.15}
    cells |= {"A5": "v", "B5": 1.2, "A6": "c", "B6": -0.3, "A11": "h", "A10": "z", "A9": "x"}
    for before, column, x in (("A", "B", 0.5), ("B", "C", -0.2), ("C", "D", 1.1), ("D", "E", 0.4)):
        state = f"+$B$3*{before}11" if column > "B" else ""
        cells |= {f"{column}9": x, f"{column}10": f"=ROUND($B$2*{column}9{state}+$B$4,{digits})"}
        cells |= {f"{column}11": f"=ROUND(TANH({column}10),{digits})"}
        cells |= {f"{column}12": f"=ROUND($B$5*{column}11+$B$6,{digits})"}
    return cells


def test_rounded_throughout_is_a_habit(tmp_path: Path) -> None:
    """Rule: where most formulas round, they are checked without it, and a note says so; a wrong one is named as usual,
    with the value that it shows and the formula that should stand there, rounded like the others."""
    report = check(save(_exam(3), tmp_path / "right.xlsx"))
    assert (report.exit_code, report.counts.agree) == (0, 12)
    assert "12 formulas round to 3 digits" in " ".join(report.notes)

    wrong = {"D10": "=ROUND($B$2*D9+$B$3*B11+$B$4,3)"}
    report = check(save(_exam(3) | wrong, tmp_path / "wrong.xlsx"))
    (root,) = report.roots
    assert (root.cell, root.formula, root.desired_formula) == ("D10", wrong["D10"], "=ROUND($B$2*D9+$B$3*C11+$B$4,3)")
    assert isinstance(root.actual, float)
    assert root.actual == round(root.actual, 3)
    assert f"gives {root.actual:.7g}" in root.message


@pytest.mark.parametrize(("digits", "code"), [(9, 0), (2, 3)])
def test_rounding_that_adds_up_is_no_pass(digits: int, code: int, tmp_path: Path) -> None:
    """Rule: where rounding at each step leads elsewhere than rounding once, a reader does not see Keras's numbers."""
    cells: dict[str, object] = {"A1": "w", "B1": 0.0044, "A2": "u", "B2": 1.0, "A3": "b", "B3": 0.0001, "A6": "h"}
    for before, column, x in zip(
        "ABCDEFGHI", "BCDEFGHIJ", (1.0, 0.9, 1.1, 1.05, 0.95, 1.0, 0.8, 1.2, 0.9), strict=True
    ):
        state = f"+$B$2*{before}6" if column > "B" else ""
        cells |= {f"{column}5": x, f"{column}6": f"=ROUND(TANH($B$1*{column}5{state}+$B$3),{digits})"}
    assert answer(cells, tmp_path) == (code, set())


@pytest.mark.parametrize("digits", [0, 1])
def test_classes_are_not_rounded_results(digits: int, tmp_path: Path) -> None:
    """Rule: a number without digits is a decision, and stays one; one with a single digit may be a mark."""
    assert answer(_exam(digits), tmp_path)[0] == 3


def test_one_kind_of_formula_that_rounds_is_no_habit(tmp_path: Path) -> None:
    """Rule: a long line of rounded states beside sums that are exact is no habit, and no pass."""
    cells = {cell: content for cell, content in _exam(3).items() if cell[1:] not in ("10", "12")}
    for before, column in zip("ABCDEFG", "BCDEFGH", strict=True):
        state = f"+$B$3*{before}11" if column > "B" else ""
        cells |= {f"{column}9": ord(column) / 100, f"{column}11": f"=ROUND(TANH($B$2*{column}9{state}+$B$4),3)"}
    cells |= {"H12": "=$B$5*H11+$B$6", "H13": "=1/(1+EXP(-H12))"}
    assert answer(cells, tmp_path)[0] != 0


@pytest.mark.usefixtures("a_short_search")
def test_who_goes_on_with_what_only_shows_a_state_is_wrong_or_nobody(tmp_path: Path) -> None:
    """Rule: of a column that shows states with two digits none is wrong, where one formula reads it by mistake."""
    cells: dict[str, object] = {"N2": -0.42, "O2": -0.37, "N3": 0.18, "O3": 0.15, "N4": 0.51, "O4": 0.33}
    cells |= {"N5": 0.05, "O5": -0.1}
    for row, x in zip(range(11, 16), (0.4, -1.1, 0.9, 0.3, -0.6), strict=True):
        cells[f"A{row}"] = x
        for state, shown, weights in (("E", "G", "N"), ("F", "H", "O")):
            before = f"+E{row - 1}*${weights}$3+F{row - 1}*${weights}$4" if row > 11 else ""
            cells[f"{state}{row}"] = f"=TANH(A{row}*${weights}$2{before}+${weights}$5)"
            cells[f"{shown}{row}"] = f"=ROUND({state}{row},2)"
    assert answer(cells, tmp_path) == (0, set())
    code, roots = answer(cells | {"F14": "=TANH(A14*$O$2+G13*$O$3+F13*$O$4+$O$5)"}, tmp_path)
    assert code in {1, 3}
    assert roots <= {"F14"}
