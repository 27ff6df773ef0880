"""How many students' workbooks are made in a second?

Run with: python tests/benchmarks/bench_exercises.py
For some lessons everything is blank, and 500 students get numbers of their own; what is measured is the processor time
of drawing, judging and writing them, on one core. What is made once (the plan, the solution, the template) is left out,
and so is Keras, which is asked for a sample afterwards.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from measured import wide_console
from rich.table import Table

from xlcheck.engines import engine
from xlcheck.exercises.exercise import make_exercise
from xlcheck.exercises.key import Student
from xlcheck.exercises.plan import ExercisePlan
from xlcheck.exercises.subject import lesson_subject

LESSONS = ("lstm", "gru", "bidirectional", "rnn-dimensions", "encoder-decoder")
STUDENTS = 500


def main() -> None:
    """Print the table."""
    table = Table("lesson", "blanks", "students", "seconds", "a second", "draws thrown away")
    for lesson in LESSONS:
        roster = [Student(f"s{k}", f"Student {k}", 0, f"blanks/s{k}.xlsx") for k in range(STUDENTS)]
        moments: list[float] = []
        with tempfile.TemporaryDirectory() as folder:
            made = make_exercise(
                lesson_subject(lesson), Path(folder), ExercisePlan(level=3), roster, engine=engine("ironcalc"), keras=0,
                told=lambda done, total, moments=moments: moments.append(time.process_time()),
            )  # fmt: skip
        spent = moments[-1] - moments[0]
        thrown = sum(student.attempt for student in made.key.students)
        a_second = (STUDENTS - 1) / spent
        blanks = len(made.key.blanks)
        table.add_row(lesson, str(blanks), str(STUDENTS), f"{spent:.1f}", f"{a_second:.0f}", str(thrown))
    wide_console().print(table)


if __name__ == "__main__":
    main()
