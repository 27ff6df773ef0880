"""Processes of this machine as an executor: one that ends costs what it was doing, and no more."""

from __future__ import annotations

import math
import os
import time
from typing import Any

import pytest

from xlcheck.child_process import ProcessEnded
from xlcheck.processes import Processes


def test_calls_run_in_other_processes_and_errors_come_back() -> None:
    """Results in the order in which they were asked for; what is raised there is raised here."""
    with Processes(2) as processes:
        found = [processes.submit(divmod, 7, number) for number in (2, 3, 0)]

        assert [own.result() for own in found[:2]] == [(3, 1), (2, 1)]
        with pytest.raises(ZeroDivisionError):
            found[2].result()
        assert processes.submit(os.getpid).result() != os.getpid()


@pytest.mark.parametrize(
    ("seconds", "function", "argument", "late"),
    [(0.3, time.sleep, 60, True), (math.inf, os._exit, 3, False)],
    ids=["late", "ended"],
)
def test_a_process_that_ends_or_takes_too_long_costs_one_call(
    seconds: float, function: Any, argument: int, late: bool
) -> None:
    """The next call has a process of its own."""
    with Processes(1) as processes:
        with pytest.raises(ProcessEnded) as ended:
            processes.threads.submit(processes.call, seconds, function, argument).result()

        assert ended.value.late == late
        assert processes.submit(abs, -1).result() == 1
