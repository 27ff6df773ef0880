"""Measuring a job in a process of its own: processor time and peak memory, without what ran before it."""

from __future__ import annotations

import compileall
import json
import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Timer
from typing import NamedTuple

from rich.console import Console

import xlcheck


class Cost(NamedTuple):
    """What a job cost: seconds of processor time and of waiting, and its peak in megabytes."""

    cpu: float
    wall: float
    peak: float


def compile_package() -> None:
    """Compile xlcheck as pip does; where nobody may write bytecode, each process would compile it anew."""
    compileall.compile_dir(Path(xlcheck.__file__).parent, quiet=2)


def run(script: str, *arguments: str) -> Cost | None:
    """Run a job of a script in a new process; None if a library that it needs is not installed."""
    done = subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        if "ModuleNotFoundError" in done.stderr:
            return None
        sys.exit(done.stderr)
    return Cost(*json.loads(done.stdout.splitlines()[-1]))


def run_whole(command: list[str], seconds: float = 600.0) -> Cost | None:
    """Run a program, with what it starts, from its first moment to its last; None if it takes too long.

    The peak is the number that it prints as its last line or, if it prints none, that of its largest process.
    """
    with tempfile.TemporaryFile("w+") as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        timer = Timer(seconds, lambda: os.killpg(process.pid, signal.SIGKILL))
        timer.start()
        _, status, used = os.wait4(process.pid, 0)
        timer.cancel()
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        printed = output.read()
    if process.returncode == -signal.SIGKILL:
        return None
    if process.returncode != 0:
        sys.exit(printed)
    try:
        peak = float(printed.split()[-1])
    except (IndexError, ValueError):
        peak = used.ru_maxrss / 1000
    return Cost(used.ru_utime + used.ru_stime, wall, peak)


def median(costs: Iterable[Cost | None]) -> Cost | None:
    """The median of each figure; None if there is none."""
    found = [cost for cost in costs if cost is not None]
    return Cost(*map(statistics.median, zip(*found, strict=True))) if found else None


def report(job: Callable[[], object]) -> None:
    """Do a job and print its cost as the last line, for `run`."""
    cpu, wall = time.process_time(), time.perf_counter()
    job()
    print(json.dumps(Cost(time.process_time() - cpu, time.perf_counter() - wall, peak())))


def peak() -> float:
    """The peak of this process in megabytes."""
    status = Path("/proc/self/status")
    if status.exists():  # without what the process was before it became this program, which getrusage counts on Linux
        return _high_water_mark(status)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def _high_water_mark(status: Path) -> float:
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return float(line.split()[1]) / 1000


def peak_of_all() -> float:
    """The sum of the peaks of this process and of those that it has started and that are at work, in megabytes."""
    children = [Path(f"/proc/{number}/status") for task in Path("/proc/self/task").iterdir()
                for number in (task / "children").read_text().split()]  # fmt: skip
    return peak() + sum(_high_water_mark(status) for status in children)


def wide_console() -> Console:
    """A console that does not fold tables when they are printed into a file."""
    return Console() if sys.stdout.isatty() else Console(width=120)
