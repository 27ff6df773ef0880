"""What the workbooks of 500 epochs cost: `python tests/benchmarks/bench_training.py [LESSON…]`.

Each job runs in a process of its own. Building is laying out and writing, which follows a training; checking is all of
`xlcheck check` but the start of Python. Processor time hardly depends on what else the machine does; waiting does.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from measured import report, run

from xlcheck.chapter.lessons.training import TRAINING_LESSONS, plan_training
from xlcheck.chapter.recordings.training import load_training
from xlcheck.engines import engine
from xlcheck.formulas.printing import Style
from xlcheck.verdicts.generated.check import check_content
from xlcheck.workbook.reader import read_workbook
from xlcheck.workbook.writer import write_workbook

LIMITS = {"build": 5.0, "check": 3.0}
"""Seconds that the LSTM's workbook may take."""


def build(lesson: str, path: Path) -> None:
    """Lay out and write a workbook."""
    write_workbook(plan_training(TRAINING_LESSONS[lesson], load_training(lesson), Style.TEACHING), path)


def check(lesson: str, path: Path) -> None:
    """Check it."""
    # The engine in this process, so that its processor time counts.
    assert check_content(read_workbook(path), engine("ironcalc", guarded=False)).ok, lesson


def main(lessons: list[str]) -> None:
    """Measure and print; say where the LSTM needs more processor time than it may."""
    print(f"{'lesson':<26}{'job':<8}{'processor s':>12}{'waiting s':>11}{'peak MB':>9}{'file MB':>9}")
    slow = []
    with tempfile.TemporaryDirectory() as folder:
        for lesson in lessons:
            path = Path(folder) / f"{lesson}.xlsx"
            for job, limit in LIMITS.items():
                cost = run(__file__, job, lesson, str(path))
                assert cost is not None
                size = path.stat().st_size / 1e6
                print(f"{lesson:<26}{job:<8}{cost.cpu:>12.2f}{cost.wall:>11.2f}{cost.peak:>9.0f}{size:>9.1f}")
                if lesson == "lstm-training" and cost.cpu > limit:
                    slow.append(f"{job} took {cost.cpu:.1f} s of processor time; it may take {limit:g} s")
    if slow:
        print("; ".join(slow))


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in LIMITS:
        job, lesson, path = sys.argv[1:]
        report(lambda: {"build": build, "check": check}[job](lesson, Path(path)))
    else:
        main(sys.argv[1:] or list(TRAINING_LESSONS))
