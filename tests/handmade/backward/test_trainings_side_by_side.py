"""Several optimisers that learn from the same samples, side by side."""

from __future__ import annotations

from pathlib import Path

import pytest
from training_sheets import FIRST, ROWS, Cells, judged, roots, with_gradients

pytestmark = pytest.mark.keras

_WEIGHTS = (("N", "R", "U", "*B", 0.8), ("O", "S", "V", "*C", -0.4), ("P", "T", "W", "", 0.2))


def _sheet() -> Cells:
    """Gradient descent up to column L; from N on with momentum: weights, output, gradients, velocities, loss."""
    cells = with_gradients() | {"C1": 0.9, "D1": 0.1}
    for row in ROWS:
        before = row - 1
        cells |= {f"Q{row}": f"=N{row}*B{row}+O{row}*C{row}+P{row}", f"X{row}": f"=0.5*(Q{row}-D{row})^2"}
        for weight, gradient, velocity, data, first in _WEIGHTS:
            cells[f"{gradient}{row}"] = f"=(Q{row}-D{row}){data}{row if data else ''}"
            kept = f"$C$1*{velocity}{before}" if row > FIRST else ""
            cells[f"{velocity}{row}"] = f"={kept}-$D$1*{gradient}{row}"
            cells[f"{weight}{row}"] = first if row == FIRST else f"={weight}{before}+{velocity}{before}"
    return cells


def test_each_training_has_its_own_optimiser(tmp_path: Path) -> None:
    """Rule: what moves the weights of one training need not move those of another one beside it."""
    found = judged(_sheet(), tmp_path / "w.xlsx")
    assert (found.results, found.gaps) == ((), ())


@pytest.mark.parametrize(
    ("place", "wrong"), [("V6", "=$C$1*V5+$D$1*S6"), ("U6", "=$C$1*U5-$D$1*J6"), ("F7", "=F6+A6*K6")]
)
def test_one_wrong_cell_of_either_training_is_the_root(place: str, wrong: str, tmp_path: Path) -> None:
    """Rule: a velocity with a plus, or with the gradient of the other training, and a weight that climbs are blamed."""
    assert roots(judged(_sheet() | {place: wrong}, tmp_path / "w.xlsx")) == [place]


def test_another_optimiser_in_one_row_is_no_pass(tmp_path: Path) -> None:
    """Rule: a step that forgets the momentum of its own training is not right, though the training beside has none."""
    found = judged(_sheet() | {f"{w}7": f"={w}6-$D$1*{g}6" for w, g, *_ in _WEIGHTS}, tmp_path / "w.xlsx")
    assert found.results or found.gaps
