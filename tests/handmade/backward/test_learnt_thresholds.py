"""Thresholds, which are taken from a sum where a bias is added, and learn the other way round."""

from __future__ import annotations

from pathlib import Path

import pytest
from training_sheets import LAST, ROWS, Cells, judged, roots, with_gradients

from xlcheck.api import check
from xlcheck.verdicts.report import Status

pytestmark = pytest.mark.keras

_SPELLINGS = ("-G{0}", "+(-1)*G{0}", "+G{0}*(-1)")


def _with_thresholds(spelling: str = "-G{0}", gradient: str = "(-1)*(H{0}-D{0})") -> Cells:
    cells = {f"H{row}": f"=E{row}*B{row}+F{row}*C{row}{spelling.format(row)}" for row in ROWS}
    return with_gradients() | cells | {f"L{row}": "=" + gradient.format(row) for row in ROWS}


@pytest.mark.parametrize("spelling", _SPELLINGS)
def test_a_threshold_learns_against_the_gradient_of_a_bias(spelling: str, tmp_path: Path) -> None:
    """Rule: z = Σwx − θ is a unit, and θ moves by minus its δ, in whatever way the minus is written."""
    found = judged(_with_thresholds(spelling), tmp_path / "w.xlsx")
    assert (found.without_cell, len(found.results)) == (0, 0)
    assert check(tmp_path / "w.xlsx").ok


def test_a_threshold_that_learns_like_a_bias_is_not_blamed(tmp_path: Path) -> None:
    """Rule: where it goes the wrong way at every step, it may be a bias that should be added, and nobody knows."""
    found = judged(_with_thresholds(gradient="H{0}-D{0}"), tmp_path / "w.xlsx")
    assert {result.status for result in found.results} == {Status.NOT_EVALUATED}


def test_one_step_of_a_threshold_that_goes_the_wrong_way_is_blamed(tmp_path: Path) -> None:
    """Rule: where it goes the right way at other steps, the gradient that does not is wrong."""
    found = judged(_with_thresholds() | {f"L{LAST - 2}": f"=H{LAST - 2}-D{LAST - 2}"}, tmp_path / "w.xlsx")
    assert {*roots(found)} == {f"L{LAST - 2}"}


def test_a_bias_that_the_last_step_subtracts_is_no_pass(tmp_path: Path) -> None:
    """Rule: what other steps add is taken for no threshold at the one at which nothing is learnt."""
    cells = with_gradients() | {f"{c}{LAST}": None for c in "JKL"}
    found = judged(cells | {f"H{LAST}": f"=E{LAST}*B{LAST}+F{LAST}*C{LAST}-G{LAST}"}, tmp_path / "w.xlsx")
    assert found.without_cell or found.results


def test_a_threshold_that_never_learns_is_no_pass(tmp_path: Path) -> None:
    """Rule: it may be a bias with the wrong sign."""
    cells = _with_thresholds() | {f"G{row}": f"=G{row - 1}" for row in ROWS[1:]} | {f"L{row}": None for row in ROWS}
    found = judged(cells, tmp_path / "w.xlsx")
    assert found.without_cell > 0
