"""Losses behind layers: each sample's error is compared with Keras, and one that is none is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = pytest.mark.keras


def _squared(activation: str, wrong: Mapping[str, object] | None = None) -> dict[str, object]:
    """Four samples of one unit, the squared error of each, and the mean of these."""
    cells: dict[str, object] = {"A1": 1.7, "B1": -0.9, "C1": 0.4}
    for row, (one, two, target) in enumerate(((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)), start=5):
        cells |= {f"A{row}": one, f"B{row}": two, f"D{row}": target, f"E{row}": f"=(D{row}-C{row})^2"}
        cells[f"C{row}"] = "=" + activation.format(f"A{row}*$A$1+B{row}*$B$1+$C$1")
    return cells | {"E10": "=SUM(E5:E8)/4"} | dict(wrong or {})


@pytest.mark.parametrize(
    ("wrong", "roots"),
    [
        pytest.param({}, set(), id="right"),
        pytest.param({"E7": "=(D7-C7)"}, {"E7"}, id="no square"),
        pytest.param({"E8": "=(D7-C8)^2"}, {"E8"}, id="the target of another sample"),
        pytest.param({"E6": 0.04}, {"E6"}, id="a number typed over"),
    ],
)
def test_each_squared_error_has_its_own_target(wrong: Mapping[str, object], roots: set[str], tmp_path: Path) -> None:
    """Rule: behind any activation the losses of a column have the form and the target that most of them have."""
    assert answer(_squared("1/(1+EXP(-({})))", wrong), tmp_path) == (int(bool(roots)), roots)


def test_targets_may_stand_on_another_worksheet(tmp_path: Path) -> None:
    """Rule: a loss reads its targets on the worksheet on which they stand, through whatever copies."""
    cells = _squared("1/(1+EXP(-({})))")
    cells |= {f"Raw!F{row}": target for row, target in zip(range(5, 9), (0, 1, 1, 0), strict=True)}
    cells |= {f"D{row}": f"=Raw!F{row}" for row in range(5, 9)}

    assert answer(cells, tmp_path) == (0, set())
    assert answer(cells | {"E7": "=(Raw!F7-C7)^2"}, tmp_path) == (0, set())
    assert answer(cells | {"E7": "=(Raw!F6-C7)^2"}, tmp_path) == (1, {"E7"})


def test_of_two_losses_neither_is_the_rule(tmp_path: Path) -> None:
    """Rule: where as many losses have another form nobody is called wrong, and the check does not pass."""
    assert answer(_squared("TANH({})", {"E7": "=(D7-C7)", "E8": "=(D8-C8)"}), tmp_path)[1] == set()


def test_a_mean_of_some_losses_is_no_mean(tmp_path: Path) -> None:
    """Rule: a mean that leaves out some of the losses is not passed."""
    assert answer(_squared("{}", {"E10": "=AVERAGE(E5:E8)"}), tmp_path)[0] == 0
    assert answer(_squared("{}", {"E10": "=AVERAGE(E5:E7)"}), tmp_path)[0] == 3


def test_a_mean_of_errors_and_their_squares_is_no_mean(tmp_path: Path) -> None:
    """Rule: a mean of numbers together with what is made of them is not passed."""
    differences = {f"F{row}": f"=D{row}-C{row}" for row in range(5, 9)}
    squares = {f"E{row}": f"=F{row}^2" for row in range(5, 9)}

    for mean, code in (("=AVERAGE(E5:E8)", 0), ("=AVERAGE(E5:F8)", 3)):
        cells = _squared("1/(1+EXP(-({})))", {**differences, **squares, "E10": mean})
        assert answer(cells, tmp_path) == (code, set())
