"""`xlcheck grade`: mark a folder of submissions of an exercise."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import get_args

import click

from xlcheck.choices import EngineName
from xlcheck.cli.options import FOLDER, INPUT, OUTPUT, OneOf, quiet_option
from xlcheck.cli.status import echo, say
from xlcheck.progress import progress_bar
from xlcheck.shown import printable


@click.command("grade")
@click.argument("folder", type=FOLDER)
@click.option("--key", type=INPUT, required=True, metavar="KEY.json", help="The marking key of `xlcheck exercise`.")
@click.option(
    "-o", "--output", type=OUTPUT, metavar="RESULTS", help="The folder for results.  [default: FOLDER-results]"
)
@click.option("-j", "--jobs", type=click.IntRange(1), metavar="N", help="How many processes.  [default: one per core]")
@click.option("--resume", is_flag=True, help="Keep the results that are there, and grade what is new or has changed.")
@click.option("--student", metavar="ID", help="Grade this student's submission anew, and write only what is about it.")
@click.option("--copies/--no-copies", default=True, show_default=True, help="Write a marked copy of each submission.")
@click.option("--cluster", metavar="dask://HOST:PORT", help="Let a Dask cluster that is running do the work.")
@click.option(
    "--engine", type=OneOf(get_args(EngineName)), default="ironcalc", show_default=True, help="What recalculates them."
)
@quiet_option
def command(
    folder: Path, key: Path, output: Path | None, jobs: int | None, resume: bool, student: str | None, copies: bool,
    cluster: str | None, engine: EngineName, quiet: bool,
) -> int:  # fmt: skip
    """Mark the submissions of an exercise, a folder of them.

    A wrong cell costs its points, and what follows from it costs nothing. Each submission is recalculated with its own
    numbers and with secret ones, so a typed number earns nothing. Results are kept as they come in: after whatever
    interrupts it, --resume goes on. RESULTS then holds index.html for the class, a page and a marked copy for each
    student, moodle.csv, canvas.csv, gradescope/ and junit.xml.

    Exit codes: 0 everything was graded, 3 not everything could be: the overview says what a person has to look at.
    """
    # Threads for large products of matrices, which nobody needs here, take NumPy a third of its start.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from xlcheck.grading.entry import grade, results_beside

    results = output or results_beside(folder)
    with ExitStack() as stack:
        bars: dict[str, Callable[[int, int], None] | None] = {}

        def told(what: str, done: int, total: int) -> None:
            if what not in bars:
                stack.close()
                bars[what] = stack.enter_context(progress_bar(what, show=not quiet))
            if (bar := bars[what]) is not None:
                bar(done, total)

        grading = grade(
            folder, key, results, jobs=jobs, resume=resume, student=student, copies=copies, engine=engine,
            cluster=cluster, progress=told,
        )  # fmt: skip
    for text in () if quiet else grading.notes:
        say(text)
    echo(f"{grading.summary()}.")
    for mark in grading.marks:
        if mark.earned is None:
            echo(f"  ! {printable(mark.file)}: {mark.error}")
        elif student is not None:
            first = mark.first
            why = "every formula is right" if first is None else f"first wrong: {first.cell}. {first.message}"
            echo(f"  {printable(mark.file)}: {mark.earned:.4g} of {mark.points:.4g}; {why}")
    echo(f"{results / 'index.html' if student is None else results / 'students'}")
    return grading.exit_code
