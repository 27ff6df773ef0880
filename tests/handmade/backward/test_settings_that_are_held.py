"""Cells computed from hyperparameters, and those of them that no worksheet has."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from equation_sheets import save
from recognised_sheets import cell_at
from training_sheets import line, terms_of

from xlcheck.handmade.backward import set_up
from xlcheck.handmade.backward.network_cells import FAR
from xlcheck.handmade.backward.quantities import Quantity
from xlcheck.handmade.backward_judging.outcome import sheet_of


def test_what_stands_beside_the_sheet_holds_nothing_of_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule: data that a formula makes of a rate has no cell, and so no number that could be compared."""
    rate, datum, gradient = ("S", 5, 1), ("S", 3, 9 - FAR), ("S", 3, 9)
    monkeypatch.setattr(set_up, "_values", lambda sheet, cell: Quantity("learning rate", np.ones(2)))
    monkeypatch.setattr(set_up, "_is_counted", lambda sheet, cell: False)
    sheet: Any = SimpleNamespace(settings={rate, datum}, terms={rate, datum}, settings_of=lambda cell: {rate, datum})

    assert [cell for cell, _ in set_up.settings_held(sheet, {gradient: 1})] == [rate]


@pytest.mark.parametrize(
    ("third", "is_odd"),
    [("A7 B1 C1", False), ("A7 B1", True), ("A7 B1 D1", True), ("A6 B1 C1", False)],
    ids=["a count of its own", "no other number", "a third number", "the count of the steps before"],
)
def test_a_rate_is_made_of_what_others_in_line_are_made_of(third: str, is_odd: bool) -> None:
    """Rule: one rate of a line that lacks a number of all others follows another law; counts stand with their steps."""
    given = {"B5": "A5 B1 C1", "B6": "A5 B1 C1", "B7": third}
    made = {cell_at(rate): {cell_at(own): np.ones(2) for own in cells.split()} for rate, cells in given.items()}
    sheet: Any = SimpleNamespace(terms=made.keys(), settings_of=made.__getitem__)
    assert set_up._one_leaves_out(sheet, [*made]) is is_odd


def test_a_hyperparameter_is_no_choice_of_two_numbers(tmp_path: Path) -> None:
    """Rule: that it was two numbers says nothing of others, such as the large ones of a step that is counted."""
    sheet = sheet_of(terms_of(save(line(), tmp_path / "w.xlsx")))
    assert sheet is not None
    assert sheet.settings
    assert sheet.settings.isdisjoint(sheet.choices())
