"""Limits that somebody sets: for all quantities, or for those whose names fit a pattern.

Nothing heavy is imported here, since the pytest plugin reads limits at the start of every run.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from numbers import Real
from typing import Any

from xlcheck.errors import UsageError
from xlcheck.frozen import dataclass


@dataclass(frozen=True)
class Limit:
    """How far a quantity may lie from what it should be: the larger of the two differences.

    Attributes:
        atol: absolute.
        rtol: relative to the largest magnitude of the quantity.
    """

    atol: float
    rtol: float = 0.0


Patterns = Mapping[str, Limit]
"""Pattern → limit of the quantities that fit it; the last one that fits decides.

In a pattern `*` stands for any characters and `?` for one; brackets stand for themselves.
"""


def limit_from(value: Any, where: str) -> Limit:
    """The limit that a caller gave: one number, or two (absolute, relative).

    Args:
        value: what was given.
        where: what to call the place in messages.

    Raises:
        UsageError: it is something else, negative, or infinite.
    """
    numbers = value if isinstance(value, (tuple, list)) else [value]
    valid = len(numbers) in (1, 2) and all(
        isinstance(n, Real) and not isinstance(n, bool) and 0 <= float(n) < math.inf for n in numbers
    )
    if not valid:
        raise UsageError(f"{where}: a tolerance is one number, or two (absolute, relative), and never negative")
    return Limit(*map(float, numbers))


def fitting(patterns: Patterns, quantity: str) -> Limit | None:
    """The limit of one quantity; None if no pattern fits its name."""
    return next((patterns[pattern] for pattern in reversed(list(patterns)) if _fits(pattern, quantity)), None)


def _fits(pattern: str, quantity: str) -> bool:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, quantity) is not None
