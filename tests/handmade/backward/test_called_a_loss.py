"""What a word calls a loss is one: squares and not errors, once or half of it, and not below 0."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer
from training_sheets import ROWS, Cells, line

from xlcheck.handmade.backward_judging.called_a_loss import _is_loss

pytestmark = pytest.mark.keras


def _called(word: str, text: str) -> Cells:
    """Five steps of a line, with a word above the column I; the errors stand in J."""
    cells = line() | {"I3": word}
    for row in ROWS:
        cells |= {f"J{row}": f"=H{row}-D{row}", f"I{row}": text.format(row)}
    return cells


@pytest.mark.parametrize(
    ("word", "text", "code"),
    [
        ("loss", "=J{0}^2", 0),
        ("loss", "=0.5*J{0}^2", 0),
        ("loss", "=J{0}*1", 3),
        ("squared loss", "=4*J{0}^2", 3),
        ("MSE", "=-(J{0}^2)", 3),
        ("损失", "=2*J{0}", 3),
        ("error", "=J{0}*1", 0),
        ("dLoss/dz", "=2*J{0}", 0),
    ],
)
def test_what_is_called_a_loss_is_one(word: str, text: str, code: int, tmp_path: Path) -> None:
    """Rule: a number below a word that says only that it is a loss is no error, slope or several losses."""
    assert answer(_called(word, text), tmp_path) == (code, set())


@pytest.mark.parametrize(
    ("word", "is_loss"),
    [("Loss", True), ("mean squared error (MSE)", True), ("cost 2", True), ("error", False), ("d loss", False),
     ("loss gradient", False), ("log loss", False), ("", False)],
)  # fmt: skip
def test_other_words_make_it_something_else(word: str, is_loss: bool) -> None:
    """Rule: nothing else may be said of it than of what it is the mean or the sum."""
    assert _is_loss(word) is is_loss
