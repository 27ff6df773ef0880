"""`xlcheck grade`: mark a folder of submissions of an exercise."""

from __future__ import annotations

import os
from pathlib import Path

import click

from xlcheck.cli.options import INPUT, OUTPUT, OneOf, quiet_option
from xlcheck.progress import progress_bar

_ENGINES = ("ironcalc", "cellrune", "formulon")


@click.command("grade")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--key", type=INPUT, required=True, metavar="KEY.json", help="The marking key of `xlcheck exercise`.")
@click.option(
    "-o", "--output", type=OUTPUT, metavar="RESULTS", help="The folder for results.  [default: FOLDER-results]"
)
@click.option("-j", "--jobs", type=click.IntRange(1), metavar="N", help="How many processes.  [default: one a core]")
@click.option("--resume", is_flag=True, help="Keep the results that are there, and grade what is new or has changed.")
@click.option("--student", metavar="ID", help="Grade this student's submission anew, and write only what is about it.")
@click.option("--copies/--no-copies", default=True, show_default=True, help="Write a marked copy of each submission.")
@click.option("--cluster", metavar="dask://HOST:PORT", help="Let a Dask cluster that is running do the work.")
@click.option("--engine", type=OneOf(_ENGINES), default="ironcalc", show_default=True, help="What calculates.")
@quiet_option
def command(
    folder: Path, key: Path, output: Path | None, jobs: int | None, resume: bool, student: str | None, copies: bool,
    cluster: str | None, engine: str, quiet: bool,
) -> int:  # fmt: skip
    """Mark the submissions in FOLDER: a wrong cell costs its points, and what follows from it costs nothing.

    Each submission is recalculated with its own numbers and with secret ones, so a typed number earns nothing. Results
    are kept as they come in: after whatever interrupts it, --resume goes on. RESULTS then holds index.html for the
    class, a page and a marked copy for each student, moodle.csv, canvas.csv, gradescope/ and junit.xml.

    Exit codes: 0 everything was graded, 3 not everything could be: the overview says what a person has to look at.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from xlcheck.grading.grade import grade
    from xlcheck.grading.results import write_results

    results = output or folder.with_name(f"{folder.resolve().name}-results")
    with progress_bar("grading", show=not quiet) as progress:
        grading = grade(
            folder,
            key,
            results,
            jobs=jobs or os.cpu_count() or 1,
            resume=resume,
            student=student,
            engine=engine,
            cluster=cluster,
            progress=progress,
        )
    with progress_bar("writing", show=not quiet) as progress:
        failed = write_results(grading, results, folder, copies=copies, whole=student is None, progress=progress)
    if not quiet:
        for text in failed:
            click.echo(f"xlcheck: {text}", err=True)
    click.echo(f"{grading.summary()}.")
    for mark in grading.marks:
        if mark.error:
            click.echo(f"  ! {mark.file}: {mark.error}")
        elif student is not None:
            first = mark.first
            why = "every formula is right" if first is None else f"first wrong: {first.cell}. {first.message}"
            click.echo(f"  {mark.file}: {mark.earned:.4g} of {mark.points:.4g}; {why}")
    click.echo(f"{results / 'index.html' if student is None else results / 'students'}")
    return grading.exit_code
