"""How thorough a run of the tests is: everything where it matters, a part of the grids while developing.

`XLCHECK_FAULTS=all` in the environment asks for everything; that takes most of an hour on two cores.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

from hypothesis import HealthCheck, settings

Item = TypeVar("Item")

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
"""For a property that is checked quickly, except where the machine does a lot beside."""

THOROUGH = os.environ.get("XLCHECK_FAULTS") == "all"


def spread(items: Sequence[Item], step: int) -> Sequence[Item]:
    """All items, or every so-many-th of them in an ordinary run, where each is like the ones beside it."""
    return items if THOROUGH else items[::step]


def part_of(items: Sequence[Item], first: int) -> Sequence[Item]:
    """All items, or the first of them in an ordinary run; the others go the same way with other numbers."""
    return items if THOROUGH else items[:first]
