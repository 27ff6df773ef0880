"""Gradient descent in which formulas make inputs and targets for themselves, or take them from a window of a series."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from equation_sheets import answer, verdict
from training_sheets import Cells

from xlcheck.handmade.backward.coefficients import SETTINGS, are_alike_in_halves, fitted, is_set, may_be_fitted

pytestmark = pytest.mark.keras
_STEPS = range(5, 13)
_X, _Y = "$L$4:$L$9", "$M$4:$M$9"


def _descent(one: str, other: str, target: str) -> Cells:
    """Numbers in L4:M9, a scale in N1, the rate in B1; weights in B and C, the loss in D, gradients in E and F.

    Args:
        one: what the first weight is multiplied with, by the name of a line of numbers.
        other: the same of the second weight.
        target: what outputs are compared with.
    """
    cells: Cells = {"B1": 0.02, "N1": 2, "B5": 0.1, "C5": -0.2}
    for row, x, y in zip(range(4, 10), (-1, -0.5, 0.3, 0.8, 1.4, 2), (2, 0.5, 0.4, 0.6, 1.5, 3.5), strict=True):
        cells |= {f"L{row}": x, f"M{row}": y}
    for row in _STEPS:
        if row > _STEPS[0]:
            cells |= {f"B{row}": f"=B{row - 1}-$B$1*E{row - 1}", f"C{row}": f"=C{row - 1}-$B$1*F{row - 1}"}
        error = f"$B{row}*{one}+$C{row}*{other}-{target}" if other else f"$B{row}*{one}+$C{row}-{target}"
        cells |= {f"D{row}": f"=SUMPRODUCT(({error})^2)/6", f"E{row}": f"=2*SUMPRODUCT({error},{one})/6"}
        cells |= {f"F{row}": f"=2*SUMPRODUCT({error}{f',{other}' if other else ''})/6"}
    return cells


_MADE = {
    "a square": _descent(f"{_X}^2", "", _Y),
    "a square beside the number": _descent(f"{_X}^2", _X, _Y),
    "on a scale": _descent(f"{_X}*$N$1", "", f"{_Y}*$N$1"),
    "by a number": _descent(f"({_X}/10)", "", f"({_Y}/10)"),
}


@pytest.mark.parametrize("how", _MADE)
def test_inputs_and_targets_may_be_made_within_formulas(how: str, tmp_path: Path) -> None:
    """Rule: what a weight is multiplied with is an input, be it made of typed numbers in the formula itself."""
    cells = _MADE[how]
    found = verdict(cells, tmp_path)
    assert (found.code, found.roots, found.agree) == (0, set(), sum(isinstance(own, str) for own in cells.values()))


@pytest.mark.parametrize("rows", [_STEPS, (8,)])
@pytest.mark.parametrize(
    ("how", "column", "instead"),
    [
        ("a square", "E", (f",{_X}^2)", f",{_X})")),
        ("a square beside the number", "F", (f",{_X})", f",{_X}^2)")),
        ("on a scale", "E", (f",{_X}*$N$1)", f",{_X})")),
        ("on a scale", "F", ("$N$1)/6", "$B$1)/6")),
        ("by a number", "D", ("/10))^2", "/11))^2")),
    ],
)
def test_one_slip_is_no_pass(how: str, column: str, instead: tuple[str, str], rows: range, tmp_path: Path) -> None:
    """Rule: a gradient goes by the input as it is made; nobody else is blamed."""
    slips = {f"{column}{row}": str(_MADE[how][f"{column}{row}"]).replace(*instead) for row in rows}
    assert all(own != _MADE[how][cell] for cell, own in slips.items())
    code, roots = answer(_MADE[how] | slips, tmp_path)
    assert code != 0
    assert roots <= {*slips}


def _residuals(square: str = "^2", last: str = "L9") -> Cells:
    """The same with a residual a cell: steps in rows, samples in columns G to L of another block, from row 20 on."""
    cells: Cells = {"B1": 0.02, "B20": 0.1, "C20": -0.2}
    for row, x, y in zip(range(4, 10), (-1, -0.5, 0.3, 0.8, 1.4, 2), (2, 0.5, 0.4, 0.6, 1.5, 3.5), strict=True):
        cells |= {f"L{row}": x, f"M{row}": y}
    for row in range(20, 27):
        if row > 20:
            cells |= {f"B{row}": f"=B{row - 1}-$B$1*E{row - 1}", f"C{row}": f"=C{row - 1}-$B$1*F{row - 1}"}
        made = [f"$L${n}^2" for n in range(4, 9)] + [f"${last[0]}${last[1:]}{square}"]
        for column, own, n in zip("GHIJKL", made, range(4, 10), strict=True):
            cells |= {f"{column}{row}": f"=$B{row}*{own}+$C{row}-$M${n}"}
        terms = "+".join(f"{column}{row}*{own}" for column, own in zip("GHIJKL", made, strict=True))
        cells |= {
            f"D{row}": f"=SUMSQ(G{row}:L{row})/6",
            f"E{row}": f"=2*({terms})/6",
            f"F{row}": f"=2*SUM(G{row}:L{row})/6",
        }
    return cells


@pytest.mark.parametrize(
    ("square", "last", "is_right"), [("^2", "L9", True), ("", "L9", False), ("^3", "L9", False), ("^2", "M9", False)]
)
def test_all_samples_are_made_alike(square: str, last: str, is_right: bool, tmp_path: Path) -> None:
    """Rule: an input that is made otherwise than that of other samples, or of another number, is no pass."""
    code, roots = answer(_residuals(square, last), tmp_path)
    assert (code, roots) == ((0 if is_right else 3), set())


def _windows() -> Cells:
    """Two weights and a bias over a series in row 2, targets in row 3; all in one formula a gradient."""
    cells: Cells = {"B1": 0.1, "B6": 0.2, "C6": -0.1, "D6": 0}
    for column, x, y in zip("GHIJKL", (1.2, -0.9, 0.4, 1.7, -0.6, 0.8), (0.6, -0.3, 0.6, 0.2, 0.1, None), strict=True):
        cells |= {f"{column}2": x} | ({f"{column}3": y} if y is not None else {})
    for row in range(6, 13):
        error = f"$B{row}*$G$2:$K$2+$C{row}*$H$2:$L$2+$D{row}-$G$3:$K$3"
        if row > 6:
            last = error.replace(str(row), str(row - 1))
            cells |= {f"B{row}": f"=B{row - 1}-$B$1*2/5*SUMPRODUCT({last},$G$2:$K$2)"}
            cells |= {f"C{row}": f"=C{row - 1}-$B$1*2/5*SUMPRODUCT({last},$H$2:$L$2)"}
            cells |= {f"D{row}": f"=D{row - 1}-$B$1*2/5*SUMPRODUCT({last})"}
        cells |= {f"E{row}": f"=SUMPRODUCT(({error})^2)/5"}
    return cells


def test_a_window_over_a_series_is_a_sample(tmp_path: Path) -> None:
    """Rule: outputs with the very same weights are those of several samples, though these share numbers.

    And the bias, which moves by a sum of errors in one formula, is a weight that moves.
    """
    cells = _windows()
    found = verdict(cells, tmp_path)
    assert (found.code, found.agree) == (0, sum(isinstance(own, str) for own in cells.values()))
    slip = str(cells["D9"]).replace("$K$3", "$K$2")
    assert answer(cells | {"D9": slip}, tmp_path)[0] != 0


def _falling(rate: Mapping[int, str] | None = None) -> Cells:
    """A line that learns at a rate that falls, beside what the last weights say of the samples."""
    cells = _MADE["by a number"] | {"Q1": 0.1, "B1": None}
    for row in _STEPS:
        cells |= {f"A{row}": row - 5, f"H{row}": f"=0.05/(1+$Q$1*A{row})"}
        if row > _STEPS[0]:
            own = (rate or {}).get(row, f"H{row - 1}")
            cells |= {f"B{row}": f"=B{row - 1}-{own}*E{row - 1}", f"C{row}": f"=C{row - 1}-{own}*F{row - 1}"}
    return cells


def test_rates_are_made_for_all_steps_or_none(tmp_path: Path) -> None:
    """Rule: where all steps go by the first of several rates that formulas make, the others were to be read."""
    assert answer(_falling(), tmp_path) == (0, set())
    code, roots = answer(_falling(dict.fromkeys(_STEPS, "$H$5")), tmp_path)
    assert (code, roots) == (3, set())


def test_what_last_weights_say_is_shown_beside_outputs_within_formulas(tmp_path: Path) -> None:
    """Rule: outputs in cells, of a step after which nothing moves, do not hide those that stand within formulas."""
    cells = _descent(_X, "", _Y)
    for row in range(4, 10):
        cells |= {f"P{row}": f"=$B$12*L{row}+$C$12", f"Q{row}": f"=M{row}-P{row}"}
    found = verdict(cells, tmp_path)
    assert (found.code, found.agree) == (0, sum(isinstance(own, str) for own in cells.values()))
    slip = {f"P{row}": f"=$B$12*L{row}+$C$11" for row in range(4, 10)}
    assert answer(cells | slip, tmp_path) == (3, set())


def test_what_is_known_once_is_not_known_to_be_set() -> None:
    """Rule: a number that is known under no set of hyperparameters twice may be anything."""
    values = np.full(SETTINGS + 1, np.nan)
    values[[0, -2]] = 1.0, 2.0
    assert not is_set(values)
    values[1] = 1.0
    assert is_set(values)
    values[2] = 1.1
    assert not is_set(values)


def test_what_cannot_be_is_said_at_once() -> None:
    """Rule: the quick answers leave no way out that the careful ones find."""
    random = np.random.default_rng(0)
    one, other = random.normal(size=(2, SETTINGS + 1))
    half = np.arange(SETTINGS + 1) < SETTINGS // 2
    rate, part = np.where(half, 0.3, 0.7), np.where(half, 0.1, 0.2)
    rows = np.stack([rate, one, np.where(half, np.nan, 0.5)])
    assert are_alike_in_halves(rows).tolist() == [True, False, True]
    values = rate * one + part * other
    assert may_be_fitted(values, np.stack([one, random.normal(size=SETTINGS + 1)]), other).tolist() == [True, False]
    assert fitted(values, one, other) is not None
