"""Numbers that are called settings of a training, and that no formula reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer
from recognised_sheets import cell_at, sheet

from xlcheck.handmade.backward.set_up import idle_settings


def _told(cells: dict[str, object], folder: Path, *read: str) -> list[tuple[str, int, int]]:
    return [*idle_settings(sheet({**cells, "H9": "=1+1"}, folder).table, {*map(cell_at, read)})[0]]


@pytest.mark.parametrize(
    "word", ["momentum β", "β1", "λ", "weight decay", "Momentum", "learning rate", "动量", "L2", "régularisation"]
)
def test_a_setting_that_nobody_reads_is_told(word: str, tmp_path: Path) -> None:
    """Rule: whoever types a momentum means to learn with it."""
    assert _told({"A1": word, "B1": 0.9}, tmp_path) == [cell_at("B1")]
    assert _told({"A1": word, "B1": 0.9}, tmp_path, "B1") == []


@pytest.mark.parametrize(
    "cells",
    [
        {"A1": "epochs", "B1": 20},
        {"A1": "βάρος", "B1": 0.4},  # a Greek word for a weight
        {"A1": "momentum", "B1": 0},
        {"A1": "momentum", "B1": 0.9, "H8": "=0.9*2"},
        {"A1": "target", "B1": 0.01},
    ],
    ids=["a number of steps", "a word with a letter", "none", "typed in formulas", "another number"],
)
def test_other_numbers_are_no_settings(cells: dict[str, object], tmp_path: Path) -> None:
    """Rule: what is 0 changes nothing, and what formulas have once more is not left out."""
    assert _told(cells, tmp_path) == []


def _momentum(velocity: str) -> dict[str, object]:
    """A weight that learns from four samples with a velocity, a row a step."""
    cells: dict[str, object] = {"A1": "learning rate", "B1": 0.15, "A2": "momentum", "B2": 0.8, "E9": -1.0}
    for row, (x, y) in enumerate(((0.2, 0.5), (0.5, 0.9), (0.9, 1.9), (1.4, 2.7)), 4):
        cells |= {f"A{row}": x, f"B{row}": y}
    for row in range(9, 20):
        cells[f"F{row}"] = f"=2*SUMPRODUCT((E{row}*$A$4:$A$7-$B$4:$B$7)*$A$4:$A$7)/4"
        cells[f"G{row}"] = "=" + (velocity.format(b=row - 1, r=row) if row > 9 else "-$B$1*F9")
        cells[f"E{row + 1}"] = f"=E{row}+G{row}"
    return cells


@pytest.mark.keras
@pytest.mark.usefixtures("a_short_search")
def test_a_velocity_that_forgets_its_momentum_in_all_rows_is_no_pass(tmp_path: Path) -> None:
    """Rule: as it stands it is a momentum of 1, and the number that is called so says another one."""
    assert answer(_momentum("$B$2*G{b}-$B$1*F{r}"), tmp_path) == (0, set())
    assert answer(_momentum("G{b}-$B$1*F{r}"), tmp_path)[0] == 3
