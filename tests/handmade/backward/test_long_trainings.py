"""A mistake that was filled down a long training is found in every step, and the work grows as the steps do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from counted_calls import counted
from training_sheets import FORMULAS, cell, training

from xlcheck.api import check
from xlcheck.verdicts.report import Status

_FEW = 12


def wrong_slopes(steps: int) -> Mapping[tuple[str, int], str]:
    """The gradients of a hidden unit's two weights with the slope of the other unit, in all steps."""
    formulas = {head: "=" + FORMULAS[head].replace("{h2}*(1-{h2})", "{h1}*(1-{h1})") for head in ("g3", "g4")}
    return {(head, step): text for head, text in formulas.items() for step in range(steps)}


@pytest.mark.keras
def test_a_mistake_filled_down_is_blamed_in_every_step(tmp_path: Path) -> None:
    """The wrong gradients of each step are the roots, the weights that they move follow, and all others agree."""
    report = check(training(tmp_path / "long.xlsx", _FEW, wrong_slopes(_FEW)), effort=100)
    roots = {result.cell for result in report.cells if result.status is Status.ROOT}

    assert roots == {cell(head, step) for head in ("g3", "g4") for step in range(_FEW)}
    assert report.counts.carried == 2 * (_FEW - 1)
    assert report.counts.agree == report.counts.formula_cells - report.counts.root - report.counts.carried


@pytest.mark.keras
@pytest.mark.exhaustive
def test_twice_the_steps_are_twice_the_work(tmp_path: Path) -> None:
    """What looks at all steps for each of them would call four times as many functions for twice the steps."""
    few, _ = counted(training(tmp_path / "few.xlsx", _FEW, wrong_slopes(_FEW)), 100)
    many, report = counted(training(tmp_path / "many.xlsx", 2 * _FEW, wrong_slopes(2 * _FEW)), 100)

    assert report.counts.root == 2 * 2 * _FEW
    assert sum(many.values()) < 2.4 * sum(few.values())
