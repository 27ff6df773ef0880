"""Tolerances by quantity pattern, at several levels: the nearest level that knows a quantity decides.

From near to far: the call, the test's markers (function, class, module), the command line, the
configuration file, the default. Within one level the last pattern that fits decides.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlcheck.errors import UsageError

EVERYTHING = "*"
_FORM = "write PATTERN=ATOL or PATTERN=ATOL,RTOL, such as lstm.*=1e-9"


@dataclass(frozen=True)
class Limit:
    """How far a quantity may lie from its golden value: the larger of the two differences.

    Attributes:
        atol: absolute.
        rtol: relative to the largest magnitude of the quantity.
    """

    atol: float
    rtol: float = 0.0


DEFAULT = Limit(1e-12, 1e-12)

Level = Mapping[str, Limit]
"""Pattern → limit. In a pattern `*` stands for any characters and `?` for one; brackets stand for themselves."""


def parse_level(texts: Iterable[str], where: str) -> Level:
    """The level of a command line or a configuration file.

    Args:
        texts: `PATTERN=ATOL[,RTOL]`, or `ATOL[,RTOL]` for every quantity.
        where: what to call the place in messages.

    Raises:
        UsageError: a text is not of this form.
    """
    level = {}
    for text in texts:
        pattern, separator, numbers = text.rpartition("=")
        try:
            limits = [float(number) for number in numbers.split(",")]
        except ValueError:
            raise UsageError(f"{where}: {text!r} is no tolerance; {_FORM}") from None
        level[pattern.strip() if separator else EVERYTHING] = _limit(limits, f"{where}: {text!r}")
    return level


def level_of(
    where: str, atol: float | None = None, rtol: float | None = None, tolerances: Mapping[str, Any] | None = None
) -> Level:
    """The level of a call or a marker.

    Args:
        where: what to call the place in messages.
        atol: absolute tolerance of every quantity.
        rtol: relative tolerance of every quantity.
        tolerances: pattern → atol, or pattern → (atol, rtol).

    Raises:
        UsageError: a tolerance is not a number, or is negative.
    """
    level = {}
    if atol is not None or rtol is not None:
        level[EVERYTHING] = _limit([atol or 0.0, rtol or 0.0], where)
    for pattern, value in (tolerances or {}).items():
        level[pattern] = _limit(value if isinstance(value, (tuple, list)) else [value], f"{where}: {pattern!r}")
    return level


def limit_of(levels: Iterable[Level], quantity: str) -> Limit:
    """The limit of one quantity: from the nearest level that has a pattern for it.

    Args:
        levels: from near to far.
        quantity: the quantity's name.
    """
    for level in levels:
        for pattern in reversed(list(level)):
            if _fits(pattern, quantity):
                return level[pattern]
    return DEFAULT


def limit_of_everything(levels: Iterable[Level]) -> Limit | None:
    """The nearest limit that is set for every quantity at once; None if there is none."""
    return next((level[EVERYTHING] for level in levels if EVERYTHING in level), None)


def _fits(pattern: str, quantity: str) -> bool:
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, quantity) is not None


def _limit(numbers: Sequence[Any], where: str) -> Limit:
    valid = len(numbers) in (1, 2) and all(
        isinstance(n, (int, float)) and not isinstance(n, bool) and n >= 0 and not math.isnan(n) for n in numbers
    )
    if not valid:
        raise UsageError(f"{where}: a tolerance is one number, or two (absolute, relative), and never negative")
    return Limit(*map(float, numbers))
