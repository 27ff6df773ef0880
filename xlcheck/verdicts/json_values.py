"""Numbers that JSON does not have."""

from __future__ import annotations

import math


def finite_or_text(number: float) -> float | str:
    """The number, or `nan`, `inf` or `-inf` as a text."""
    return number if math.isfinite(number) else str(number)
