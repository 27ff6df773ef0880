"""Results that somebody typed beside those that a training computes, as those of a book: they are no mistakes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from equation_sheets import answer, save
from training_sheets import Cells, one_step, table_of

from xlcheck.handmade.backward.coefficients import only_number


def _of_a_book(folder: Path) -> Cells:
    """What the step gives, with six digits."""
    table, values = table_of(save(one_step(), folder / "own.xlsx"))
    return {f"K{row + 1}": round(float(values[table.index["S", row, 9]]), 6) for row in range(6)}


@pytest.mark.keras
def test_results_of_a_book_beside_updates_are_no_mistakes(tmp_path: Path) -> None:
    """Rule: nobody is blamed who types beside a result what it should be; other numbers are no pass."""
    book = _of_a_book(tmp_path)
    assert answer(one_step(), tmp_path) == (0, set())
    assert answer(one_step(**book), tmp_path) == (0, set())
    assert answer(one_step(**book | {"K2": 0.2157}), tmp_path) == (3, set())


@pytest.mark.keras
def test_a_wrong_gradient_beside_them_is_the_root(tmp_path: Path) -> None:
    assert answer(one_step(**_of_a_book(tmp_path), H3="=H1*B5*F4*(1-F4)"), tmp_path) == (1, {"H3"})


def test_a_number_is_what_most_settings_say() -> None:
    """Rule: where a gradient is nearly 0 its share is inexact, and the others are not."""
    values = np.array([0.5 + 4e-11, 0.5, 0.5, np.nan, 0.5])
    assert only_number(values) == 0.5
    assert only_number(np.array([0.5, 0.7, 0.5])) is None
    assert only_number(np.array([0.5, np.nan])) is None
