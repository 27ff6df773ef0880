"""Weights typed in two formulas that should have one number and have two: nothing says which of them is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import verdict

Cells = dict[str, object]

pytestmark = pytest.mark.keras

_STEPS = {3: ((1, 0), (0, 1)), 4: ((1, 0), (0, 0)), 5: ((0, 1), (1, 0))}


def _sheet(rows: tuple[int, ...], recurrent: dict[int, float]) -> Cells:
    """Samples of two steps, one a row, whose weights are typed in their formulas."""
    cells: Cells = {}
    for row in rows:
        (cells[f"A{row}"], cells[f"B{row}"]), (cells[f"D{row}"], cells[f"E{row}"]) = _STEPS[row]
        cells[f"C{row}"] = f"=TANH(A{row}*0.3147+B{row}*(-0.994)+0.8665)"
        cells[f"F{row}"] = f"=TANH(D{row}*0.3147+E{row}*(-0.994)+C{row}*({recurrent.get(row, 0.1266)})+0.8665)"
        cells[f"G{row}"] = f"=TANH(F{row}*(-1.6628)-0.1076)"
    return cells


def test_of_two_nobody_is_blamed(tmp_path: Path) -> None:
    """Rule: of two formulas either may have the wrong number; both are named, and no cell is called wrong."""
    found = verdict(_sheet((3, 4), {4: -0.1266}), tmp_path)
    assert (found.code, found.roots) == (3, set())


def test_of_three_the_odd_one_is_wrong(tmp_path: Path) -> None:
    """Rule: two with one number outvote one with another number."""
    found = verdict(_sheet((3, 4, 5), {4: -0.1266}), tmp_path)
    assert found.roots <= {"F4"}
    assert found.code == (1 if found.roots else 3)
    assert verdict(_sheet((3, 4, 5), {}), tmp_path).code == 0
