"""A signal may come just when a lock was taken, and nobody gives it back then: ending a process waits for none."""

from __future__ import annotations

import os
import subprocess
import sys
from time import monotonic

import pytest

from xlcheck import child_process
from xlcheck.child_process import ChildProcess, end_process, interpreter


def test_a_process_is_ended_though_the_lock_of_its_state_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """`subprocess` takes that lock by a plain call, which a signal may interrupt right after it."""
    monkeypatch.setattr(child_process, "_GONE", 0.2)
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    process._waitpid_lock.acquire()
    try:
        end_process(process, os.getpid())
    finally:
        process._waitpid_lock.release()

    assert process.wait(10) < 0


def test_what_is_told_in_passing_waits_for_no_lock_that_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that is given up tells its process so; the one that was interrupted may have kept the lock."""
    monkeypatch.setattr(child_process, "_GONE", 0.2)
    process = ChildProcess(interpreter("xlcheck.processes"))
    process._lock.acquire()
    begun = monotonic()
    process.tell(None)
    process._lock.release()
    process.end()

    assert monotonic() - begun < 10
