"""Trainings in which the cost has a penalty for large weights in a cell: of their squares (L2), or their sizes (L1)."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from training_sheets import DATA, FIRST, ROWS, Cells, judged, roots

from xlcheck.verdicts.report import Status

pytestmark = pytest.mark.keras

_HOW = ("own columns", "one formula a gradient", "in the update")


def _sheet(how: str, times: str = "0.5*") -> Cells:
    """A row a step: inputs, target, weights, bias, output, loss, penalty, cost, error, then what gradients need."""
    cells: Cells = {"A1": "rate", "B1": 0.1, "A2": "lambda", "B2": 0.05}
    grows = {"0.5*": "", "": "2*"}[times]
    for row, (one, other, target) in zip(ROWS, DATA, strict=True):
        cells |= {f"A{row}": one, f"B{row}": other, f"C{row}": target}
        cells |= {f"G{row}": f"=D{row}*A{row}+E{row}*B{row}+F{row}", f"H{row}": f"=0.5*(G{row}-C{row})^2"}
        cells |= {f"I{row}": f"={times}$B$2*(D{row}^2+E{row}^2)", f"J{row}": f"=H{row}+I{row}"}
        cells |= {f"K{row}": f"=G{row}-C{row}"}
        for weight, data, plain, shrinks, whole in (("D", "A", "L", "M", "N"), ("E", "B", "O", "P", "Q")):
            own, part = f"K{row}*{data}{row}", f"{grows}$B$2*{weight}{row}"
            if how == "own columns":
                cells |= {f"{plain}{row}": f"={own}", f"{shrinks}{row}": f"={part}"}
                cells[f"{whole}{row}"] = f"={plain}{row}+{shrinks}{row}"
            else:
                cells[f"{whole}{row}"] = f"={own}+{part}" if how == "one formula a gradient" else f"={own}"
            before = row - 1
            moved = f"{whole}{before}" if how != "in the update" else f"({whole}{before}+{grows}$B$2*{weight}{before})"
            cells[f"{weight}{row}"] = (
                {"D": 0.3, "E": -0.2}[weight] if row == FIRST else f"={weight}{before}-$B$1*{moved}"
            )
        cells[f"F{row}"] = 0.1 if row == FIRST else f"=F{row - 1}-$B$1*K{row - 1}"
    return cells


@pytest.mark.parametrize("how", _HOW)
@pytest.mark.parametrize("times", ["0.5*", ""])
def test_a_cost_with_its_penalty_agrees(how: str, times: str, tmp_path: Path) -> None:
    """Rule: the penalty is as large as the weights' part of the gradients says, and so are their own columns."""
    cells = _sheet(how, times)
    found = judged(cells, tmp_path / "w.xlsx")
    formulas = sum(isinstance(content, str) and content.startswith("=") for content in cells.values())
    assert (found.results, found.without_cell, found.checked) == ((), 0, formulas)


def test_a_penalty_of_weights_that_begin_with_0(tmp_path: Path) -> None:
    """Rule: weights that are 0 add nothing to the first penalty, and hide nothing."""
    found = judged(_sheet("one formula a gradient") | {f"D{FIRST}": 0, f"E{FIRST}": 0}, tmp_path / "w.xlsx")
    assert (found.results, found.gaps) == ((), ())
    wrong = judged(_sheet("own columns") | {f"D{FIRST}": 0, f"J{FIRST}": f"=2*H{FIRST}+I{FIRST}"}, tmp_path / "v.xlsx")
    assert roots(wrong) == [f"J{FIRST}"]


_WRONG = {
    "I6": "=$B$2*(D6^2+E6^2)",
    "I7": "=0.5*$B$2*(D7^2+D7^2)",
    "J5": "=H5-I5",
    "J6": "=H6",
    "M6": "=$B$1*D6",
    "N6": "=L6-M6",
    "P5": "=-$B$2*E5",
    "Q6": "=O6",
}


@pytest.mark.parametrize("place", _WRONG)
def test_one_wrong_part_of_a_penalty_is_blamed_alone(place: str, tmp_path: Path) -> None:
    """Rule: one penalty, cost or part of a gradient that is neither as in other rows nor right is the root."""
    found = judged(_sheet("own columns") | {place: _WRONG[place]}, tmp_path / "w.xlsx")
    assert roots(found) == [place]


def test_a_penalty_that_gradients_do_not_follow_is_no_pass(tmp_path: Path) -> None:
    """Rule: a penalty twice as large as the gradients have it, in all rows, is no pass, and nobody is blamed."""
    wrong = {f"I{row}": f"=$B$2*(D{row}^2+E{row}^2)" for row in ROWS}
    found = judged(_sheet("own columns") | wrong, tmp_path / "w.xlsx")
    statuses = {own.cell: own.status for own in found.results}
    assert Status.ROOT not in statuses.values()
    assert all(statuses[place] is Status.NOT_EVALUATED for place in wrong)


def test_no_edit_makes_a_formula_read_an_empty_cell(tmp_path: Path) -> None:
    """Rule: a cost that is not understood is not explained by a λ that is read from the empty cell below it."""
    wrong = {f"J{row}": f"=H{row}+0.3*$B$2*(D{row}^2+E{row}^2)" for row in ROWS[:2]}
    cells = {place: content for place, content in _sheet("in the update").items() if not place.startswith("I")}
    short = {place: own for place, own in (cells | wrong).items() if int(place[1:]) < ROWS[2]}
    found = judged(short, tmp_path / "w.xlsx")
    assert not roots(found)


def _lasso(how: str) -> Cells:
    """The same with the sizes of the weights in the penalty, and their signs in the gradients."""
    cells = _sheet(how) | {f"I{row}": f"=$B$2*(ABS(D{row})+ABS(E{row}))" for row in ROWS}
    signs = re.compile(r"(?<=\$B\$2\*)[DE]\d+")
    return {place: signs.sub(r"SIGN(\g<0>)", own) if isinstance(own, str) else own for place, own in cells.items()}


@pytest.mark.parametrize("how", _HOW)
def test_a_penalty_of_sizes_agrees(how: str, tmp_path: Path) -> None:
    """Rule: where the sizes of the weights are made smaller, their signs are in the gradients, as Keras has them."""
    found = judged(_lasso(how), tmp_path / "w.xlsx")
    assert (found.results, found.gaps) == ((), ())


@pytest.mark.parametrize(
    ("place", "wrong"),
    [("I6", "=$B$2*(ABS(D6)+ABS(D6))"), ("M6", "=$B$2*D6"), ("M6", "=-$B$2*SIGN(D6)"), ("P5", "=$B$2*SIGN(D5)")],
)
def test_one_wrong_sign_in_a_penalty_is_blamed_alone(place: str, wrong: str, tmp_path: Path) -> None:
    """Rule: a weight in the place of its sign, or the sign of another one, or against it, is the root."""
    assert roots(judged(_lasso("own columns") | {place: wrong}, tmp_path / "w.xlsx")) == [place]


def test_squares_that_gradients_do_not_follow_are_no_pass(tmp_path: Path) -> None:
    """Rule: a penalty of squares, where the gradients have signs, is no pass, and nobody is blamed."""
    squares = {f"I{row}": f"=0.5*$B$2*(D{row}^2+E{row}^2)" for row in ROWS}
    found = judged(_lasso("own columns") | squares, tmp_path / "w.xlsx")
    assert not roots(found)
    assert {own.cell for own in found.results} >= {*squares}


def test_signs_are_what_keras_adds() -> None:
    """Rule: the penalty of sizes and its slope are those of Keras's L1."""
    import tensorflow as tf

    from xlcheck.handmade.backward.slots import PENALTIES
    from xlcheck.model.keras_import import import_keras

    weights = np.array([0.7, -0.3, 0.2])
    variable, (_, slope, size) = tf.Variable(weights), PENALTIES["L1"]
    with tf.GradientTape() as tape:
        added = import_keras().regularizers.L1(0.05)(variable)
    assert np.allclose(added, 0.05 * size(weights).sum())
    assert np.allclose(tape.gradient(added, variable), 0.05 * slope(weights))


def _ridge() -> Cells:
    """Three samples in rows 1 to 3; an epoch a row: weight, bias, errors, mean loss with penalty, gradients."""
    cells: Cells = {"D1": 0.3, "E1": 0.1}
    for row, (given, target) in enumerate(((1.2, 0.7), (-0.4, 0.1), (0.6, 0.9)), start=1):
        cells |= {f"A{row}": given, f"B{row}": target}
    for row in range(6, 11):
        before = row - 1
        cells |= {f"A{row}": 0, f"B{row}": 0.2} if row == 6 else {
            f"{w}{row}": f"={w}{before}-$D$1*{g}{before}" for w, g in zip("AB", "GH", strict=True)
        }  # fmt: skip
        cells |= {f"{c}{row}": f"=$A{row}*$A${s}+$B{row}-$B${s}" for c, s in zip("CDE", (1, 2, 3), strict=True)}
        cells[f"F{row}"] = f"=SUMSQ(C{row}:E{row})/3+$E$1*A{row}^2"
        cells[f"G{row}"] = f"=2/3*(C{row}*$A$1+D{row}*$A$2+E{row}*$A$3)+2*$E$1*A{row}"
        cells[f"H{row}"] = f"=2/3*SUM(C{row}:E{row})"
    return cells


@pytest.mark.parametrize(("wrong", "is_open"), [({}, False), ({"F8": "=SUMSQ(C8:E8)/3+$E$1*A8"}, True)])
def test_the_mean_loss_of_a_batch_with_its_penalty(wrong: Cells, is_open: bool, tmp_path: Path) -> None:
    """Rule: a penalty beside the mean over the samples is what the gradients have; one without the square is not."""
    found = judged(_ridge() | wrong, tmp_path / "w.xlsx")
    assert [own.cell for own in found.results] == [*wrong]
    assert not found.gaps
