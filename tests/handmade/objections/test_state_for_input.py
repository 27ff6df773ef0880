"""A number in the place of the first input that is read as a first state: weights of both may have been exchanged."""

from __future__ import annotations

from pathlib import Path

import pytest
from equation_sheets import answer

pytestmark = pytest.mark.keras

_CELLS: dict[str, object] = {"B21": 0.8, "C21": -0.5, "D21": 0.1, "B22": 1.3, "C22": -0.2, "B4": 0.6, "B5": -0.9}
_BEHIND: dict[str, object] = {"C7": "=C5*$B$22+$C$22"}


def test_a_state_in_the_place_of_the_first_input_is_no_pass(tmp_path: Path) -> None:
    """Rule: with both weights exchanged at the second step, the input of the first one seems a state."""
    steps = {"C4": "=TANH(B4*$B$21+$D$21)", "C5": "=TANH(B5*$C$21+C4*$B$21+$D$21)"}
    assert answer(_CELLS | steps | _BEHIND, tmp_path) == (3, set())


def test_a_state_above_the_first_result_is_one(tmp_path: Path) -> None:
    """Rule: a first state stands a step before the first one, and may be all that this one reads."""
    steps = {"C3": 0.6, "B4": None, "C4": "=TANH(C3*$B$21+$D$21)", "C5": "=TANH(B5*$C$21+C4*$B$21+$D$21)"}
    cells = {cell: own for cell, own in (_CELLS | steps | _BEHIND).items() if own is not None}
    assert answer(cells, tmp_path) == (0, set())
