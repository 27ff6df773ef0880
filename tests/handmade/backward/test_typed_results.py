"""Results that somebody typed beside those that a training computes, as those of a book: they are no mistakes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from equation_sheets import answer, save
from training_sheets import Cells, table_of

from xlcheck.handmade.backward.coefficients import only_number

_WEIGHTS = {"B1": 0.15, "B2": 0.2, "B3": 0.25, "B4": 0.3, "B5": 0.4, "B6": 0.45, "B7": 0.35, "B8": 0.6}


def _step(**change: object) -> Cells:
    """One step of two inputs, two hidden units and an output that share a bias a layer; the biases stay."""
    cells: Cells = {**_WEIGHTS, "D1": 0.5, "D2": 1.0, "D3": 0.01, "D4": 0.5}
    cells |= {"F1": "=B1*D1+B2*D2+B7", "F2": "=1/(1+EXP(-F1))", "F3": "=B3*D1+B4*D2+B7", "F4": "=1/(1+EXP(-F3))"}
    cells |= {"F5": "=B5*F2+B6*F4+B8", "F6": "=1/(1+EXP(-F5))", "F7": "=0.5*(D3-F6)^2"}
    cells |= {"H1": "=(F6-D3)*F6*(1-F6)", "H2": "=H1*B5*F2*(1-F2)", "H3": "=H1*B6*F4*(1-F4)"}
    cells |= {"J1": "=B1-$D$4*H2*D1", "J2": "=B2-$D$4*H2*D2", "J3": "=B3-$D$4*H3*D1", "J4": "=B4-$D$4*H3*D2"}
    return cells | {"J5": "=B5-$D$4*H1*F2", "J6": "=B6-$D$4*H1*F4"} | change


def _of_a_book(folder: Path) -> Cells:
    """What the step gives, with six digits."""
    table, values = table_of(save(_step(), folder / "own.xlsx"))
    return {f"K{row + 1}": round(float(values[table.index["S", row, 9]]), 6) for row in range(6)}


@pytest.mark.keras
def test_results_of_a_book_beside_updates_are_no_mistakes(tmp_path: Path) -> None:
    """Rule: nobody is blamed who types beside a result what it should be; other numbers are no pass."""
    book = _of_a_book(tmp_path)
    assert answer(_step(), tmp_path) == (0, set())
    assert answer(_step(**book), tmp_path) == (0, set())
    assert answer(_step(**book | {"K2": 0.2157}), tmp_path) == (3, set())


@pytest.mark.keras
def test_a_wrong_gradient_beside_them_is_the_root(tmp_path: Path) -> None:
    assert answer(_step(**_of_a_book(tmp_path), H3="=H1*B5*F4*(1-F4)"), tmp_path) == (1, {"H3"})


def test_a_number_is_what_most_settings_say() -> None:
    """Rule: where a gradient is nearly 0 its share is inexact, and the others are not."""
    values = np.array([0.5 + 4e-11, 0.5, 0.5, np.nan, 0.5])
    assert only_number(values) == 0.5
    assert only_number(np.array([0.5, 0.7, 0.5])) is None
    assert only_number(np.array([0.5, np.nan])) is None
