"""How long the everyday commands take, as whole processes: `python tests/benchmarks/bench_commands.py`.

Each command runs five times after a warm-up; the table has the fastest and the median run, in processor time and in
waiting time, beside what Python itself needs to start, since machines differ and the ratio does not.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from measured import compile_package, run_whole, wide_console
from rich.table import Table

WORKBOOKS = Path(__file__).parents[2] / "workbooks"
RUNS = 5
PYTHON = "python -c pass"
XLCHECK = [sys.executable, "-m", "xlcheck"]
# Trains a toy and prints the seconds that the training itself took, apart from imports.
TRAIN = """
import time
from xlcheck.model.keras_import import import_keras
from xlcheck.chapter.training.lessons import train_model
import_keras()
import tensorflow
start = time.perf_counter()
train_model({lesson!r})
print(time.perf_counter() - start)
"""


def training_seconds(lesson: str) -> list[float]:
    """Seconds of training alone, each time in a process of its own."""
    command = [sys.executable, "-c", TRAIN.format(lesson=lesson)]
    return [float(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(3)]


def main() -> None:
    """Measure and print."""
    compile_package()
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            PYTHON: [sys.executable, "-c", "pass"],
            "xlcheck --help": [*XLCHECK, "--help"],
            "xlcheck list": [*XLCHECK, "list"],
            "xlcheck check lstm.xlsx": [*XLCHECK, "check", str(WORKBOOKS / "lstm.xlsx"), "-o", f"{folder}/report.txt"],
            "xlcheck build --all": [*XLCHECK, "build", "--all", "-q", "-o", folder],
        }
        costs = {name: [run_whole(command) for _ in range(RUNS + 1)][1:] for name, command in commands.items()}
    table = Table("command", title="whole processes, with all that they start", title_justify="left")
    for heading in ("cpu s, fastest", "cpu s, median", "wall s, fastest", "wall s, median", "cpu, times python"):
        table.add_column(heading, justify="right")
    python = min(cost.cpu for cost in costs[PYTHON] if cost is not None)
    for name, found in costs.items():
        cpu, wall = ([getattr(cost, figure) for cost in found if cost is not None] for figure in ("cpu", "wall"))
        figures = min(cpu), statistics.median(cpu), min(wall), statistics.median(wall)
        table.add_row(name, *(f"{figure:.3f}" for figure in figures), f"{min(cpu) / python:.1f}")
    wide_console().print(table)
    for lesson in ("simple-rnn", "lstm"):
        print(f"training {lesson}: {min(training_seconds(lesson)):.3f} s at best, without imports")


if __name__ == "__main__":
    main()
