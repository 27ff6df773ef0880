"""How far a workbook's value may be from the oracle's: for all quantities, or for those whose names fit a pattern.

Nothing heavy is imported here, since the pytest plugin reads tolerances at the start of every run.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import field, replace
from numbers import Real
from typing import Any

from xlcheck.errors import UsageError
from xlcheck.frozen import dataclass

Patterns = Mapping[str, "Tolerance"]
"""Pattern → tolerance of the quantities that fit it; the last one that fits decides.

In a pattern `*` stands for any characters and `?` for one; brackets stand for themselves.
"""


@dataclass(frozen=True)
class Tolerance:
    """What counts as agreement.

    Attributes:
        atol: largest absolute difference.
        rtol: the same relative to the largest magnitude of the quantity.
        engine: the precision with which the engine hands values back; absolute up to
            magnitude 1, relative above it, since an engine rounds digits.
        patterns: other limits for some quantities.
    """

    atol: float
    rtol: float = 0.0
    engine: float = 0.0
    patterns: Patterns = field(default_factory=dict)

    def of(self, quantity: str) -> Tolerance:
        """What counts as agreement for one quantity."""
        limit = fitting(self.patterns, quantity)
        return self if limit is None else replace(self, atol=limit.atol, rtol=limit.rtol, patterns={})

    def limit(self, scale: float) -> float:
        """Largest difference allowed for a quantity whose largest magnitude is `scale`."""
        return max(self.atol, self.rtol * scale, self.engine * max(1.0, scale))

    def local_limit(self, scale: float) -> float:
        """The same for a value recomputed from values that may be wrong, and then may be large."""
        return max(self.limit(scale), self.atol * scale)


def tolerance_from(value: Any, where: str) -> Tolerance:
    """The tolerance that a caller gave: one number, or two (absolute, relative).

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
    return Tolerance(float(numbers[0]), float(numbers[1]) if len(numbers) > 1 else 0.0)


def fitting(patterns: Patterns, quantity: str) -> Tolerance | None:
    """The tolerance of one quantity; None if no pattern fits its name."""
    return next((patterns[pattern] for pattern in reversed(list(patterns)) if _fits(pattern, quantity)), None)


def _fits(pattern: str, quantity: str) -> bool:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, quantity) is not None
