"""Trainings that make absolute errors smaller, or Huber's loss, whose slopes do not grow with the error."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from training_sheets import FIRST, ROWS, Cells, judged, line, roots

from xlcheck.oracle.dense_steps import dense_gradients

pytestmark = pytest.mark.keras

_SIGN, _SIZE = "SIGN(H{0}-D{0})", "=ABS(H{0}-D{0})"


def _sheet(slope: str, loss: str) -> Cells:
    """A row a step of a linear unit: slope of the loss in J, loss in I, the bound in C1; an error in K."""
    cells = line() | {"C1": 0.7}
    for row in ROWS:
        cells |= {f"I{row}": loss.format(row), f"J{row}": f"={slope.format(row)}", f"K{row}": f"=H{row}-D{row}"}
        for weight, factor in zip("EFG", ("*B", "*C", ""), strict=True) if row > FIRST else ():
            before = row - 1
            cells[f"{weight}{row}"] = f"={weight}{before}-A{before}*J{before}{factor}{before if factor else ''}"
    return cells


def _huber(bound: str) -> Cells:
    return _sheet(
        f"IF(ABS(K{{0}})<={bound},K{{0}},{bound}*SIGN(K{{0}}))",
        f"=IF(ABS(K{{0}})<={bound},0.5*K{{0}}^2,{bound}*(ABS(K{{0}})-0.5*{bound}))",
    )


@pytest.mark.parametrize("cells", [_sheet(_SIGN, _SIZE), _huber("$C$1"), _huber("1")], ids=["sizes", "cell", "typed"])
def test_a_training_with_a_robust_loss_agrees(cells: Cells, tmp_path: Path) -> None:
    """Rule: signs of errors are the slopes of their sizes, and errors up to a bound those of Huber's loss."""
    found = judged(cells, tmp_path / "w.xlsx")
    assert (found.results, found.gaps) == ((), ())


@pytest.mark.parametrize(
    ("cells", "place", "wrong"),
    [
        (_sheet(_SIGN, _SIZE), "J6", "=SIGN(D6-H6)"),
        (_huber("$C$1"), "J6", "=K6"),
        (_huber("$C$1"), "I6", "=IF(ABS(K6)<=$C$1,0.5*K6^2,$C$1*(ABS(K6)-$C$1))"),
    ],
)
def test_one_wrong_slope_or_loss_is_the_root(cells: Cells, place: str, wrong: str, tmp_path: Path) -> None:
    """Rule: a slope against the sign or beyond the bound, or a loss that jumps there, is blamed alone."""
    assert roots(judged(cells | {place: wrong}, tmp_path / "w.xlsx")) == [place]


def test_squares_beside_signs_are_no_pass(tmp_path: Path) -> None:
    """Rule: where the loss that is shown is the squared error, signs of errors are not its slopes."""
    found = judged(_sheet(_SIGN, "=0.5*(H{0}-D{0})^2"), tmp_path / "w.xlsx")
    assert "the loss that is shown is not the one whose gradients these are" in found.gaps


def test_huber_is_the_one_of_keras() -> None:
    """Rule: beyond its bound the slope of Huber's loss is the bound with the sign of the error."""
    inputs, targets = np.array([[[3.0], [0.4], [-2.0]]]), np.zeros((1, 3, 1))
    layers, losses = dense_gradients(
        ["linear"], [np.ones((1, 1, 1))], [np.zeros((1, 1))], inputs, targets, "huber, delta=0.5"
    )
    assert np.allclose(layers[0].dz[0, :, 0], [0.5, 0.4, -0.5])
    assert np.allclose(losses, [[0.5 * 2.75, 0.08, 0.5 * 1.75]])


def _sizes_apart() -> Cells:
    """Huber's loss with the sizes of errors, L, and their squares, M, in columns of their own."""
    cells = _sheet("IF(L{0}<=$C$1,K{0},$C$1*SIGN(K{0}))", "=IF(L{0}<=$C$1,0.5*M{0},$C$1*(L{0}-0.5*$C$1))")
    return cells | {
        f"{c}{row}": text.format(row) for row in ROWS for c, text in (("L", "=ABS(K{0})"), ("M", "=K{0}^2"))
    }


def test_sizes_of_errors_may_have_cells_of_their_own(tmp_path: Path) -> None:
    """Rule: a bound of a cell that holds the size of an error is that of the loss."""
    found = judged(_sizes_apart(), tmp_path / "w.xlsx")
    assert (found.results, found.gaps) == ((), ())


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        ("I6", "=IF(L6<=$C$1,0.5*M6,$C$1*(L6-$C$1))"),
        ("I6", "=IF(L6<=$C$1,M6,$C$1*(L6-0.5*$C$1))"),
        ("J6", "=IF(L6<=$C$1,K6,$C$1*SIGN(K5))"),
        ("J6", "=K6"),
    ],
)
def test_a_slip_beside_such_sizes_is_the_root(place: str, wrong: str, tmp_path: Path) -> None:
    """Rule: on either side of the bound."""
    assert roots(judged(_sizes_apart() | {place: wrong}, tmp_path / "w.xlsx")) == [place]
