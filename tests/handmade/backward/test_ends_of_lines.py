"""The last step of a training, whose gradients no update reads, and numbers typed where a weight should move."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = pytest.mark.keras

_DATA = ((0.49, -0.8, 0), (0.45, 0.3, 1), (-1.1, 0.6, 1), (0.7, 1.2, 0))


def _perceptron() -> dict[str, object]:
    """A row a step: inputs, target, weights, bias, sum, output, and the gradients by the perceptron's rule."""
    cells: dict[str, object] = {"A1": "rate", "B1": 0.1}
    for row, (one, other, target) in enumerate(_DATA, 4):
        cells |= {f"B{row}": one, f"C{row}": other, f"D{row}": target}
        last = row - 1
        start = {"E": 1.01, "F": -0.4, "G": -0.3} if row == 4 else None
        for weight, gradient in zip("EFG", "JKL", strict=True):
            cells[f"{weight}{row}"] = start[weight] if start else f"={weight}{last}-$B$1*{gradient}{last}"
        cells |= {f"H{row}": f"=E{row}*B{row}+F{row}*C{row}+G{row}", f"I{row}": f"=IF(H{row}>=0,1,0)"}
        cells |= {
            f"J{row}": f"=(I{row}-D{row})*B{row}",
            f"K{row}": f"=(I{row}-D{row})*C{row}",
            f"L{row}": f"=I{row}-D{row}",
        }
    return cells


def test_a_perceptron_that_learns_agrees(tmp_path: Path) -> None:
    """Rule: sums, outputs, gradients and updates by Rosenblatt's rule are checked, those of the last step, too."""
    assert answer(_perceptron(), tmp_path) == (0, set())


def test_steps_that_have_cells_of_their_own_agree(tmp_path: Path) -> None:
    """Rule: the step of each weight may be computed before it is added; the step of a bias is nothing that is kept."""
    cells = _perceptron()
    for row in range(4, 8):
        cells |= {f"I{row}": f"=IF(H{row}>=0,1,0)", f"L{row}": f"=$B$1*(D{row}-I{row})"}
        cells |= {f"J{row}": f"=$B$1*(D{row}-I{row})*B{row}", f"K{row}": f"=$B$1*(D{row}-I{row})*C{row}"}
        for weight, step in zip("EFG", "JKL", strict=True) if row > 4 else ():
            cells[f"{weight}{row}"] = f"={weight}{row - 1}+{step}{row - 1}"
    assert answer(cells, tmp_path) == (0, set())


@pytest.mark.parametrize(
    "change",
    [
        {f"E{row}": f"=E{row - 1}" for row in (5, 6, 7)},
        {"F6": "=F5"},
        {"J7": "=(I7-D7)*B6"},
        {"L7": "=I7+D7"},
        {"G5": -0.3999, "G6": -0.2999, "G7": -0.1999},
        {"E7": 0.8501},
    ],
    ids=[
        "a weight that stays",
        "a weight that stays once",
        "another sample",
        "a sign",
        "a column of numbers",
        "a number",
    ],
)
def test_what_no_update_reads_is_no_pass(change: dict[str, object], tmp_path: Path) -> None:
    """Rule: what stands in line with cells of other steps and is something else, or a number in the place of a weight
    that moves, leaves the check incomplete; a right cell is never blamed."""
    code, roots = answer(_perceptron() | change, tmp_path)
    assert code != 0
    assert roots <= change.keys()
