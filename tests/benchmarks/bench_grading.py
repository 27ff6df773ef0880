"""How fast are submissions graded, and are the marks those of a check of each file by itself?

Run with: python tests/benchmarks/bench_grading.py [--submissions N] [--jobs J] [--checked M]
A class of N students hands in the LSTM exercise, made from its weights with numbers of its own for everybody: right
ones, and files with one of eight kinds of mistakes; one file in a hundred is hostile. They are graded as `xlcheck grade
--no-copies` does it, with pages and files for other programs. Beside it stand M of the same files graded one by one
in this process, each loaded into the engine by itself, a tenth of M with a process `xlcheck grade` for each, and M
checks of the solution with `xlcheck.check`. Processor time is that of all processes; `a core` is submissions for each
second of it.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "grading"))

from classroom import Classroom, make_classroom
from measured import wide_console
from rich.table import Table

import xlcheck
from xlcheck.engines import engine
from xlcheck.grading.grade import grade_folder
from xlcheck.grading.judging import judge_submissions
from xlcheck.grading.marks import Marker
from xlcheck.grading.prepared import prepare
from xlcheck.grading.submission import read_submission
from xlcheck.grading.work import Explainer, Task, record_of, sha256_of

KINDS = ("scaled", "negated", "zero", "error", "typed", "typed wrong", "text", "empty")
STUDENTS = 200
HOSTILE = 100


@dataclass(frozen=True)
class Spent:
    """Seconds of waiting, and of all processors."""

    wall: float
    cpu: float


class Clock:
    """Measures what stands inside, with the processes that it starts and that end in it."""

    def __enter__(self) -> Clock:
        self._wall, self._cpu = perf_counter(), _cpu()
        return self

    def __exit__(self, *_: object) -> None:
        self.spent = Spent(perf_counter() - self._wall, _cpu() - self._cpu)


def _cpu() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def hand_in_all(room: Classroom, folder: Path, submissions: int) -> dict[str, str | None]:
    """Write the submissions; for each the element in which its only mistake is, or none. Hostile ones are left out."""
    rng = np.random.default_rng(0)
    planted: dict[str, str | None] = {}
    for number in range(submissions):
        student, path = f"s{number % STUDENTS + 1:03}", folder / f"{number:05}.xlsx"
        if number % HOSTILE == HOSTILE - 1:
            deep = "=" + "(" * 3000 + "F10" + ")" * 3000
            room.hand_in(student, path, {"lstm.i[0][0]": deep})
            continue
        kind = number % (len(KINDS) + 1)
        element = None if kind == len(KINDS) else str(rng.choice(room.elements))
        planted[path.name] = element
        room.hand_in(student, path, {} if element is None else room.faulty(student, {element: KINDS[kind]}))
    return planted


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--submissions", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--checked", type=int, default=100)
    options = parser.parse_args()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    table = Table("how", "submissions", "seconds", "a second", "a second and core", title="LSTM exercise")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        room = make_classroom(folder / "exercise", "lstm", STUDENTS)
        planted = hand_in_all(room, folder / "in", options.submissions)
        with Clock() as clock:
            grading = xlcheck.grade(folder / "in", room.key_file, folder / "results", jobs=options.jobs, copies=False)
        _row(table, f"xlcheck grade --no-copies -j {options.jobs}", options.submissions, clock.spent)
        grade_seconds = clock.spent.cpu
        right = sum(
            {c.element for c in marks.cells if c.status not in ("right", "carried")} == ({planted[marks.file]} - {None})
            for marks in grading.marks
            if marks.file in planted
        )
        with Clock() as clock:
            again = grade_folder(folder / "in", room.key_file, folder / "results", resume=True)
        _row(table, "the same with --resume, nothing to do", options.submissions, clock.spent)
        files = [folder / "in" / file for file in list(planted)[: options.checked]]
        failed = grading.tally.submissions - grading.tally.graded
        together = {marks.file: marks.earned for marks in grading.marks}
        prepared = prepare(room.key_file)
        marker, calculator = Marker(prepared), engine("ironcalc")
        alone = {}
        with Clock() as clock:
            for file in files:
                judged = judge_submissions([read_submission(file, prepared)], prepared, calculator)
                record = record_of(Task(sha256_of(file), str(file)), judged[0], Explainer(prepared))
                alone[file.name] = marker.mark(file.name, record).earned
        _row(table, "one file after the other, in this process *", len(files), clock.spent)
        with Clock() as clock:
            for file in files[: max(1, len(files) // 10)]:
                alone[f"{file.name} in a process"] = _in_a_process(file, room.key_file, folder / "one")
        _row(table, "a process for each file", max(1, len(files) // 10), clock.spent)
        same = sum(together[name.split()[0]] == earned for name, earned in alone.items())
        with Clock() as clock:
            for _ in files:
                xlcheck.check(room.folder / "solution.xlsx")
        _row(table, "xlcheck.check of the solution, in this process *", len(files), clock.spent)
    console = wide_console()
    console.print(table)
    console.print("* without the engine's process, whose processor time is known only when it has ended")
    console.print(f"{right} of {len(planted)} have exactly the planted wrong cell; {failed} hostile files were named")
    console.print(f"again: {again.graded} graded anew; {same} of {len(alone)} have the same marks when graded alone")
    console.print(f"most memory of this process: {_most_memory(resource.RUSAGE_SELF)} MB, of a process that grades: "
                  f"{_most_memory(resource.RUSAGE_CHILDREN)} MB")  # fmt: skip
    hours = 1_000_000 * grade_seconds / options.submissions / 3600
    console.print(f"a million submissions: {hours:.1f} hours of one core")


def _most_memory(who: int) -> int:
    return resource.getrusage(who).ru_maxrss // 1024


def _in_a_process(file: Path, key: Path, results: Path) -> float:
    """The marks that a command gives one file."""
    arguments = ["grade", str(file), "--key", str(key), "-o", str(results), "-q", "--no-copies"]
    subprocess.run([sys.executable, "-m", "xlcheck", *arguments], capture_output=True, check=False)
    (page,) = (results / "gradescope").iterdir()
    score = json.loads(page.read_text(encoding="utf-8"))["score"]
    shutil.rmtree(results)
    return float(score)


def _row(table: Table, how: str, submissions: int, spent: Spent) -> None:
    table.add_row(
        how, str(submissions), f"{spent.wall:.1f}", f"{submissions / spent.wall:.0f}", f"{submissions / spent.cpu:.0f}"
    )


if __name__ == "__main__":
    main()
