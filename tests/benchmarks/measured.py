"""Measuring a job in a process of its own: processor time and peak memory, without what ran before it."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import NamedTuple


class Cost(NamedTuple):
    """What a job cost: seconds of processor time and of waiting, and its peak in megabytes."""

    cpu: float
    wall: float
    peak: float


def run(script: str, *arguments: str) -> Cost | None:
    """Run a job of a script in a new process; None if a library that it needs is not installed."""
    done = subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        if "ModuleNotFoundError" in done.stderr:
            return None
        sys.exit(done.stderr)
    return Cost(*json.loads(done.stdout.splitlines()[-1]))


def report(job: Callable[[], object]) -> None:
    """Do a job and print its cost as the last line, for `run`."""
    cpu, wall = time.process_time(), time.perf_counter()
    job()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(json.dumps(Cost(time.process_time() - cpu, time.perf_counter() - wall, peak)))
