"""Tolerances by quantity pattern, at several levels: the nearest level that knows a quantity decides.

From near to far: the call, the test's markers (function, class, module), the command line, the
configuration file, the default. Within one level the last pattern that fits decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from xlcheck.errors import UsageError
from xlcheck.verdicts.limits import Limit, Patterns, fitting, limit_from

EVERYTHING = "*"
_FORM = "write PATTERN=ATOL or PATTERN=ATOL,RTOL, such as lstm.*=1e-9"


DEFAULT = Limit(1e-12, 1e-12)

Level = Patterns
"""The limits that stand in one place."""


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
        level[pattern.strip() if separator else EVERYTHING] = limit_from(limits, f"{where}: {text!r}")
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
        level[EVERYTHING] = limit_from([atol or 0.0, rtol or 0.0], where)
    for pattern, value in (tolerances or {}).items():
        level[pattern] = limit_from(value, f"{where}: {pattern!r}")
    return level


def limit_of(levels: Iterable[Level], quantity: str) -> Limit:
    """The limit of one quantity: from the nearest level that has a pattern for it."""
    return next((limit for level in levels if (limit := fitting(level, quantity)) is not None), DEFAULT)


def as_patterns(levels: Sequence[Level]) -> Patterns:
    """The levels, from near to far, as one: patterns of nearer levels come later, and so decide."""
    merged: dict[str, Limit] = {}
    for level in reversed(levels):
        for pattern, limit in level.items():
            merged.pop(pattern, None)  # so that it comes last, too
            merged[pattern] = limit
    return merged


def limit_of_everything(levels: Iterable[Level]) -> Limit | None:
    """The nearest limit that is set for every quantity at once; None if there is none."""
    return next((level[EVERYTHING] for level in levels if EVERYTHING in level), None)
