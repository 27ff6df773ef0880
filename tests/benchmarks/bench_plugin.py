"""How much longer does `pytest --co` take on an empty test suite when the plugin is installed?

Run with: python tests/benchmarks/bench_plugin.py
The two kinds of run alternate, so that both see the same load; the medians are compared.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 25
LIMIT = 0.020


def duration(folder: Path, *options: str) -> float:
    """Processor time of one run in seconds, which other programs on the machine do not lengthen."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "pytest", "--co", "-q", "-p", "no:cacheprovider", *options]
    subprocess.run(command, cwd=folder, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


def main() -> None:
    """Print both medians and the difference; exit with 1 if it exceeds the limit."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plugins = subprocess.run(
            [sys.executable, "-m", "pytest", "--version", "--version"], capture_output=True, text=True, check=False
        )
        if "xlcheck" not in plugins.stdout + plugins.stderr:
            sys.exit("the plugin is not installed; install xlcheck first")
        duration(folder)
        start = time.perf_counter()
        pairs = [(duration(folder), duration(folder, "-p", "no:xlcheck")) for _ in range(RUNS)]
        elapsed = time.perf_counter() - start
    with_plugin, without = (statistics.median(column) for column in zip(*pairs, strict=True))
    difference = with_plugin - without
    print(f"with {with_plugin * 1e3:.0f} ms, without {without * 1e3:.0f} ms, difference {difference * 1e3:.1f} ms")
    print(f"({RUNS} runs each in {elapsed:.0f} s; allowed are {LIMIT * 1e3:.0f} ms)")
    sys.exit(difference > LIMIT)


if __name__ == "__main__":
    main()
