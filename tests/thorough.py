"""How thorough a run of the tests is: everything where it matters, a part of the grids while developing.

`CI` or `XLCHECK_FAULTS=all` in the environment ask for everything.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")

THOROUGH = "CI" in os.environ or os.environ.get("XLCHECK_FAULTS") == "all"


def part_of(items: Sequence[Item], part: Sequence[Item]) -> Sequence[Item]:
    """All items, or the part that an ordinary run looks at: one for each way through the code."""
    return items if THOROUGH else part
