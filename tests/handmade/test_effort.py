"""The time of a check: searches stop when it is used up, and only then."""

from __future__ import annotations

import time

import pytest

from xlcheck.handmade import effort


def test_without_a_limit_there_is_always_time() -> None:
    """Nobody has to set a limit."""
    effort.require_time()

    assert effort.left() == float("inf")


def test_what_is_used_up_stops_the_search() -> None:
    """Processor time counts, and the search is told."""
    with effort.limited_to(0.02):
        effort.require_time()
        end = time.process_time() + 0.03
        while time.process_time() < end:
            pass

        with pytest.raises(effort.OutOfTimeError):
            effort.require_time()


def test_a_part_cannot_have_more_than_the_whole() -> None:
    """A limit inside of a limit ends with the outer one, and outside of it the outer one holds again."""
    with effort.limited_to(5):
        with effort.limited_to(100):
            assert effort.left() <= 5
        with effort.limited_to(0), pytest.raises(effort.OutOfTimeError):
            effort.require_time()

        assert 4 < effort.left() <= 5


def test_the_engine_counts_as_long_as_it_takes_at_its_best() -> None:
    """A machine that is busy otherwise does not shorten the search: equal work counts as its shortest wait."""
    with effort.limited_to(100):
        for pause in (0.0, 0.2, 0.2):
            with effort.waiting("the same"):
                time.sleep(pause)

        assert effort.left() > 99.8
