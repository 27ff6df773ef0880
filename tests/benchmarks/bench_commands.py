"""How long the everyday commands take, as whole processes: `python tests/benchmarks/bench_commands.py`.

Each command runs five times after a warm-up; the table has the fastest and the median run beside the
time that Python itself needs to start, since machines differ and the ratio does not.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WORKBOOKS = Path(__file__).parents[2] / "workbooks"
RUNS = 5
XLCHECK = [sys.executable, "-m", "xlcheck"]
# Trains a toy and prints the seconds that the training itself took, apart from imports.
TRAIN = """
import time
from xlcheck.spec.keras_import import import_keras
from xlcheck.training.lessons import train_model
import_keras()
import tensorflow
start = time.perf_counter()
train_model({lesson!r})
print(time.perf_counter() - start)
"""


def seconds(command: list[str]) -> list[float]:
    """Wall-clock seconds of each run after a warm-up."""
    times = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return times[1:]


def training_seconds(lesson: str) -> list[float]:
    """Seconds of training alone, each time in a process of its own."""
    command = [sys.executable, "-c", TRAIN.format(lesson=lesson)]
    return [float(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(3)]


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        rows = {
            "python -c pass": seconds([sys.executable, "-c", "pass"]),
            "xlcheck --help": seconds([*XLCHECK, "--help"]),
            "xlcheck check lstm.xlsx": seconds([*XLCHECK, "check", str(WORKBOOKS / "lstm.xlsx")]),
            "xlcheck build --all": seconds([*XLCHECK, "build", "--all", "-o", folder]),
        }
    rows["training simple-rnn"] = training_seconds("simple-rnn")
    rows["training lstm"] = training_seconds("lstm")
    python = min(rows["python -c pass"])
    print(f"{'command':<26}{'fastest s':>10}{'median s':>10}{'× python':>10}")
    for name, times in rows.items():
        print(f"{name:<26}{min(times):>10.3f}{statistics.median(times):>10.3f}{min(times) / python:>10.1f}")


if __name__ == "__main__":
    main()
