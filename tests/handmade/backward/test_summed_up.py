"""Numbers that sum up a training in one formula: what is explained, errors and their roots, with the last weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from training_sheets import Cells, judged

from xlcheck.arrays import Array
from xlcheck.handmade.backward_judging.summed_up import _statistics
from xlcheck.verdicts.report import CellResult, Status

pytestmark = pytest.mark.keras

_DATA = ((0.5, 0.7), (1.5, 1.9), (2.1, 1.6), (3.2, 2.8))
_LAST = 7
_SQUARES = "SUMPRODUCT((B20:B23-(C7*A20:A23+D7))^2)"


def _regression(beside: Cells) -> Cells:
    """A line through four samples in A20:B23, its weights in C and D, fitted by gradient descent for three steps."""
    cells: Cells = {"B1": 0.1, "C4": 0.3, "D4": -0.2}
    for n, (x, t) in enumerate(_DATA, 20):
        cells |= {f"A{n}": x, f"B{n}": t}
    for row in range(4, _LAST + 1):
        samples = [*zip("JKLM", range(20, 24), strict=True)]
        cells |= {f"{y}{row}": f"=$C{row}*$A${n}+$D{row}" for y, n in samples}
        cells[f"P{row}"] = "=2*(" + "+".join(f"({y}{row}-$B${n})*$A${n}" for y, n in samples) + ")/4"
        cells[f"Q{row}"] = "=2*(" + "+".join(f"({y}{row}-$B${n})" for y, n in samples) + ")/4"
        if row < _LAST:
            cells |= {f"C{row + 1}": f"=C{row}-$B$1*P{row}", f"D{row + 1}": f"=D{row}-$B$1*Q{row}"}
    return cells | beside


def _said(beside: Cells, path: Path) -> tuple[Status | None, tuple[str, ...]]:
    """What becomes of T2, where all else is right; and what is open."""
    part = judged(_regression(beside), path)
    statuses = {own.cell: own.status for own in part.results if isinstance(own, CellResult)}
    assert statuses.keys() <= {"T2"}
    return statuses.get("T2"), part.gaps


@pytest.mark.parametrize(
    ("name", "formula", "status"),
    [
        ("R²", f"=1-{_SQUARES}/DEVSQ(B20:B23)", Status.UNBOUND),
        ("RMSE", f"=SQRT({_SQUARES}/4)", Status.UNBOUND),
        ("", f"=SQRT({_SQUARES}/COUNT(B20:B23))", Status.UNBOUND),
        ("MSE", f"={_SQUARES}/4", None),  # the loss of a step
        ("R²", f"=1-{_SQUARES}/DEVSQ(B20:B22)", Status.NOT_EVALUATED),
        ("R²", f"=1-{_SQUARES}/SUMSQ(B20:B23)", Status.NOT_EVALUATED),
        ("R²", f"={_SQUARES}/DEVSQ(B20:B23)", Status.NOT_EVALUATED),
        ("RMSE", f"=SQRT({_SQUARES}/3)", Status.NOT_EVALUATED),
        ("RMSE", "=SQRT(SUMPRODUCT((B20:B22-(C7*A20:A22+D7))^2)/3)", Status.NOT_EVALUATED),
        ("RMSE", "=SQRT(SUMPRODUCT((B20:B23-(C7*A20:A23+D6))^2)/4)", Status.NOT_EVALUATED),
        ("MAE", f"=SQRT({_SQUARES}/4)", Status.NOT_EVALUATED),
        ("MSE", "=SUMPRODUCT((B20:B22-(C7*A20:A22+D7))^2)/3", Status.NOT_EVALUATED),
    ],
)
def test_a_statistic_of_the_last_line(name: str, formula: str, status: Status | None, tmp_path: Path) -> None:
    """Rule: what is a statistic of all samples, and called so, keeps nothing open; what leaves one out is no pass."""
    assert _said({"S2": name, "T2": formula}, tmp_path / "w.xlsx") == (status, ())


@pytest.mark.parametrize("name", ["RMSE", "MAE"])
def test_a_loss_that_is_called_another_number_is_no_pass(name: str, tmp_path: Path) -> None:
    """Rule: a right loss below the word for another statistic is said to be none of it."""
    why = f"Sheet!T2 is called {name!r} and is the mean squared error"
    assert _said({"S2": name, "T2": f"={_SQUARES}/4"}, tmp_path / "w.xlsx") == (None, (why,))
    assert _said({"S2": "cost", "T2": f"={_SQUARES}/4"}, tmp_path / "v.xlsx") == (None, ())


def test_statistics_under_all_settings() -> None:
    """Rule: numbers are one if they are so wherever they are known; shares of samples may be anything."""
    random = np.random.default_rng(4)
    given, wanted = random.uniform(0.1, 0.9, (2, 1, 3, 5))
    errors = ((given - wanted)[0] ** 2).mean(axis=1)

    def names(values: Array, targets: Array = wanted) -> set[str]:
        return {*_statistics(values, given, targets, ())}

    assert "mean squared error" in names(errors)
    assert not names(np.array([*errors[:-1], errors[-1] + 0.01]))
    assert not names(errors * 5 / 4)
    marks = np.broadcast_to((wanted[:, :1] > wanted[:, :1].mean()).astype(float), wanted.shape)
    losses = -np.log(np.where(marks[0] > 0, given[0], 1 - given[0]))
    assert "cross-entropy of the classes" in names(losses.mean(axis=1), marks)
    assert not names(losses.mean(axis=1), wanted)
    assert not names(((given[0] > 0.5) == (marks[0] > 0)).mean(axis=1), marks)
