"""Cells computed from hyperparameters, and those of them that no worksheet has."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from xlcheck.handmade.backward import set_up
from xlcheck.handmade.backward.network_cells import FAR
from xlcheck.handmade.backward.quantities import Quantity


def test_what_stands_beside_the_sheet_holds_nothing_of_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rule: data that a formula makes of a rate has no cell, and so no number that could be compared."""
    rate, datum, gradient = ("S", 5, 1), ("S", 3, 9 - FAR), ("S", 3, 9)
    monkeypatch.setattr(set_up, "_values", lambda sheet, cell: Quantity("learning rate", np.ones(2)))
    monkeypatch.setattr(set_up, "_is_counted", lambda sheet, cell: False)
    sheet: Any = SimpleNamespace(settings={rate, datum}, terms={rate, datum}, settings_of=lambda cell: {rate, datum})

    assert [cell for cell, _ in set_up.settings_held(sheet, {gradient: 1})] == [rate]
