"""A trace in a notebook: its names, how many there are, and what is shown of it."""

from __future__ import annotations

import numpy as np

from xlcheck.graph.trace import Trace

TRACE = Trace("keras float64", {"dense.kernel": np.ones((2, 1)), "dense.y": np.zeros((3, 1))})


def test_a_trace_goes_through_its_names() -> None:
    """Rule: its names in their order, each of which gives an array; nothing else is in it."""
    assert [*TRACE] == ["dense.kernel", "dense.y"]
    assert {name: TRACE[name].shape for name in TRACE} == {"dense.kernel": (2, 1), "dense.y": (3, 1)}
    assert ("dense.y" in TRACE, "dense.z" in TRACE, len(TRACE)) == (True, False, 2)


def test_a_trace_is_shown_without_its_numbers() -> None:
    """Rule: a line says where it comes from and how much there is."""
    assert repr(TRACE) == "<Trace of keras float64: 2 quantities>"
    assert repr(Trace("ironcalc", {"y": np.ones(1)})) == "<Trace of ironcalc: 1 quantity>"
