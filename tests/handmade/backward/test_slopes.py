"""Slopes of a loss beside each weight, and the weights that follow them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import tanh
from pathlib import Path

import pytest
from descent_sheets import descent
from recognised_sheets import a1, cell_at, sheet

from xlcheck.handmade.backward.slopes import StepOfDescent

_LOSS = "S!G4"
_Y = tanh(0.6 * 0.5 + 0.45 * 0.8)


def _step(wrong: Mapping[str, object], folder: Path) -> StepOfDescent:
    return StepOfDescent(sheet(descent(1, wrong), folder).terms, {})


def _names(cells: Collection[tuple[str, int, int]]) -> set[str]:
    return {*map(a1, cells)}


def test_a_step_is_taken_apart(tmp_path: Path) -> None:
    """Rule: what leads to the result is forward, what leads from there to new weights is the way back."""
    step = _step({}, tmp_path)
    assert step.is_likely
    assert {a1(update): a1(weight) for update, weight in step.updates.items()} == {"A5": "A4", "B5": "B4"}
    assert (_names(step.forward), _names(step.back)) == ({"F4"}, {"H4", "I4", "A5", "B5"})
    assert (_names(step.typed), step.settings) == ({"K1"}, [0.1])
    assert _names(step.loss_cells.values()) == {"G4"}
    assert step.shown(cell_at("H4")) == pytest.approx(2 * (_Y - 0.3) * (1 - _Y**2) * 0.5)
    assert not _step({"B5": None, "I4": None}, tmp_path).is_likely


@pytest.mark.parametrize(
    ("wrong", "follow"),
    [
        ({}, [True, True]), ({"I4": "=2*(F4-E4)*(1-F4^2)*C4"}, [True, False]),
        ({"H4": "=2*(F4-E4)*C4"}, [False, True]), ({"B5": "=B4-$K$1*I4*C4"}, [True, False]),
    ],
)  # fmt: skip
def test_a_weight_follows_its_slope_or_not(wrong: dict[str, object], follow: list[bool], tmp_path: Path) -> None:
    """Rule: it moves as many times its slope as others, whatever the numbers are."""
    step = _step(wrong, tmp_path)
    found = step.found(_LOSS)
    assert found is not None
    assert found[0] == pytest.approx(0.1, rel=1e-5)
    assert found[1].tolist() == follow
    assert not step.has_other_rates(_LOSS)


def test_a_weight_may_have_a_rate_of_its_own(tmp_path: Path) -> None:
    """Rule: who moves down its slope, but as far as no other, may be meant; uphill is none."""
    assert _step({"B5": "=B4-2*$K$1*I4"}, tmp_path).has_other_rates(_LOSS)
    assert not _step({"B5": "=B4+2*$K$1*I4"}, tmp_path).has_other_rates(_LOSS)


def test_where_no_loss_is_written_a_usual_one_is_taken(tmp_path: Path) -> None:
    """Rule: of half the squared error a weight moves twice as far with these slopes, of no cross-entropy at all."""
    step = _step({"G4": None, "H4": "=(F4-E4)*(1-F4^2)*C4", "I4": "=(F4-E4)*(1-F4^2)*D4"}, tmp_path)
    found, other = step.found("the squared error"), step.found("the binary cross-entropy")
    assert found is not None
    assert (round(found[0], 6), found[1].tolist()) == (0.05, [True, True])
    assert other is None or not other[1].all()
    assert step.found("nothing") is None


def test_what_a_wrong_cell_should_hold(tmp_path: Path) -> None:
    """Rule: the number with which its weight moves as others do; none for a cell that would spoil right ones."""
    step = _step({"I4": "=2*(F4-E4)*(1-F4^2)*C4"}, tmp_path)
    assert step.needed(cell_at("I4"), _LOSS) == pytest.approx(2 * (_Y - 0.3) * (1 - _Y**2) * -0.8, rel=1e-6)
    assert step.needed(cell_at("H4"), _LOSS) is None
    assert step.needed(cell_at("K1"), _LOSS) is None
    other = _step({"B5": "=B4-$K$2*I4", "K2": 0.2}, tmp_path)
    assert other.needed(cell_at("K2"), _LOSS) is None  # another rate may be meant
    typed = _step({"I4": 0.7, "B5": "=B4-$K$1*I4*(F4-E4)", "H4": "=(F4-E4)*C4*(2-2*F4^2)"}, tmp_path)
    assert typed.needed(cell_at("I4"), _LOSS) == pytest.approx(2 * (1 - _Y**2) * -0.8, rel=1e-6)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [({}, {"G4"}), ({"G4": "=(F4-E4)^2+3"}, set()), ({"G4": "=2*(F4-E4)^2"}, set()), ({"G4": "=(F4-E4)^2+E4"}, set())],
    ids=["it", "a number more", "twice", "the target more"],
)
def test_slopes_tell_a_loss(wrong: dict[str, object], told: set[str], tmp_path: Path) -> None:
    """Rule: not what is added and depends on no weight, nor how large it is if no rate beside the weights says so."""
    assert _names(_step(wrong, tmp_path).told(_LOSS)) == told
