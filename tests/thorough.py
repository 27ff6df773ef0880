"""How thorough a run of the tests is, as `XLCHECK_TESTS` in the environment says.

`ordinary`, the default, is meant to be waited for. `thorough` is what `.ci/run` runs: also what adds little for its
time (`left_out.txt`, which `entered.py` writes), and what has the marker `thorough`, because it starts other programs.
`all` takes every case of each test, also those that add next to nothing (`left_to_all.txt`), and what has the marker
`exhaustive`; that takes most of an hour on two cores.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, settings

Item = TypeVar("Item")

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
"""For a property that is checked quickly, except where the machine does a lot beside."""

MARKERS_LEFT_OUT = {"ordinary": ("thorough", "exhaustive"), "thorough": ("exhaustive",), "all": ()}
LEVEL = os.environ.get("XLCHECK_TESTS") or "ordinary"
if LEVEL not in MARKERS_LEFT_OUT:
    raise ValueError(f"XLCHECK_TESTS is {LEVEL!r}, which is none of {', '.join(MARKERS_LEFT_OUT)}")
EVERY_CASE = LEVEL == "all"

LISTS = {
    marker: Path(__file__).with_name(name)
    for marker, name in (("thorough", "left_out.txt"), ("exhaustive", "left_to_all.txt"))
}
"""Marker → a line for each test, or case of a test, that adds too little for its time to run without it.

What only `all` takes is in no other list: an ordinary run leaves it out anyway.
"""
_LEFT_OUT = {marker: frozenset(path.read_text("utf-8").splitlines()) for marker, path in LISTS.items()}


def adds_little(test: str) -> str | None:
    """The marker of a case of a test that is left out for its time; None for one that always runs."""
    names = {test, test.partition("[")[0]}
    return next((marker for marker in reversed(LISTS) if not names.isdisjoint(_LEFT_OUT[marker])), None)


def spread(items: Sequence[Item], step: int) -> Sequence[Item]:
    """All items, or every so-many-th of them unless every case is wanted, where each is like the ones beside it."""
    return items if EVERY_CASE else items[::step]


def part_of(items: Sequence[Item], first: int) -> Sequence[Item]:
    """All items, or the first of them unless every case is wanted; the others go the same way with other numbers."""
    return items if EVERY_CASE else items[:first]
