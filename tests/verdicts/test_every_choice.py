"""What is tried one after the other: each optimiser that a workbook can be computed with, each move of its cells."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from xlcheck.learning.optimisers import OPTIMISERS
from xlcheck.verdicts.generated import perturbation


def _choices(*names: str) -> Any:
    owner: Any = SimpleNamespace(graph=names)
    return [*perturbation.Perturbed._choices(owner)]


def test_other_numbers_are_tried_with_every_optimiser() -> None:
    """Rule: from the first one to the last; a workbook without a choice is computed in one way."""
    assert _choices(perturbation._CHOICE) == [*range(1, len(OPTIMISERS) + 1)]
    assert _choices("lstm.kernel") == [None]
