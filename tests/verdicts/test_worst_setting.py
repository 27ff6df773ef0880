"""Of several settings, such as samples, the one is shown in which a cell is worst."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from xlcheck.verdicts.judge import AGREE, CARRIED, ROOT
from xlcheck.verdicts.ranges import Verdicts


def verdicts(numbers: list[list[float]], status: list[list[int]]) -> Verdicts:
    """Verdicts on cells that should all be 0."""
    sighting: Any = SimpleNamespace(numbers=np.array(numbers))
    return Verdicts(sighting, np.zeros_like(sighting.numbers), None, np.array(status), 1.0)


def test_the_verdict_counts_before_the_difference() -> None:
    """A cell that is carried in one setting and wrong in another is shown where it is wrong, though it is nearer."""
    found = verdicts([[5.0], [0.0], [0.1]], [[CARRIED], [AGREE], [ROOT]])

    assert found.worst().tolist() == [ROOT]
    assert found.worst_setting(0) == 2


def test_among_equal_verdicts_the_largest_difference_is_shown() -> None:
    """Also a negative one; what is no number at all is furthest from any."""
    assert verdicts([[0.1], [-0.3], [0.2]], [[ROOT]] * 3).worst_setting(0) == 1
    assert verdicts([[0.1], [np.nan], [9.0]], [[ROOT]] * 3).worst_setting(0) == 1


def test_a_cell_that_agrees_everywhere_has_its_first_setting() -> None:
    """Each cell is looked at by itself."""
    found = verdicts([[0.0, 0.0], [0.0, 0.2]], [[AGREE, AGREE], [AGREE, ROOT]])

    assert [found.worst_setting(cell) for cell in (0, 1)] == [0, 1]
