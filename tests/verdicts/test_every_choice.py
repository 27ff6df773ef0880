"""What is tried one after the other: each optimiser that a workbook can be computed with, each move of its cells."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from xlcheck.learning.optimisers import OPTIMISERS
from xlcheck.verdicts import perturbation
from xlcheck.verdicts.moved_cells import _Move


def _choices(*names: str) -> Any:
    owner: Any = SimpleNamespace(graph=names)
    return [*perturbation.Perturbed._choices(owner)]


def test_other_numbers_are_tried_with_every_optimiser() -> None:
    """Rule: from the first one to the last; a workbook without a choice is computed in one way."""
    assert _choices(perturbation._CHOICE) == [*range(1, len(OPTIMISERS) + 1)]
    assert _choices("lstm.kernel") == [None]


@pytest.mark.parametrize(("axis", "to"), [(0, (6, 3)), (1, (4, 5))])
def test_a_move_goes_along_its_axis(axis: int, to: tuple[int, int]) -> None:
    """Rule: down it changes the row, to the right the column; along and across are told apart in the same way."""
    move = _Move("S", axis, 2)

    assert move.of((4, 3)) == to
    assert move.at(4, 3) == ((4, 3) if axis == 0 else (3, 4))
