"""A command that a signal ends just where a lock is taken; `python tests/fuzz/signal_sites.py` tries hundreds."""

from __future__ import annotations

import sys

import pytest
from signal_sites import drawn, ending, sites

pytestmark = [pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX"), pytest.mark.thorough]
ENDS = {"ended", "finished before", "killed"}


@pytest.mark.parametrize(
    "place",
    [
        # A plain lock, which no `with` gives back: waiting for the process that is ended then waited for ever.
        "subprocess _internal_poll c_return acquire",
        "subprocess _internal_poll c_call release",
        "xlcheck.child_process reply c_call __exit__",
        # What follows is not inside of anything that handles what the signal raises.
        "contextlib __enter__ return ",
    ],
)
def test_a_signal_that_comes_with_a_lock_ends_the_command(place: str) -> None:
    what, how = ending((place, 1))

    assert what == "ended", how


def test_a_signal_at_any_place_that_takes_locks_ends_the_command() -> None:
    """Every place that is passed counts alike, as often as it may be passed."""
    for site in drawn(sites(), 6, seed=0):
        what, how = ending(site)
        assert what in ENDS, how
