"""`xlcheck.grade`: one call from a folder of submissions to marks, pages, and files for other programs."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import get_args

from xlcheck.arguments import checked
from xlcheck.choices import EngineName, require_known
from xlcheck.errors import UsageError
from xlcheck.files import protected_inputs
from xlcheck.grading.grade import grade_folder
from xlcheck.grading.grading import Grading
from xlcheck.grading.results import write_results

Told = Callable[[str, int, int], None]
"""Called with what is done (`grading`, `writing`), how many submissions are done, and how many there are."""


@checked
def grade(
    folder: str | Path,
    key: str | Path,
    results: str | Path | None = None,
    *,
    jobs: int | None = None,
    resume: bool = False,
    student: str | None = None,
    copies: bool = True,
    engine: EngineName = "ironcalc",
    executor: Executor | None = None,
    cluster: str | None = None,
    progress: Told | None = None,
) -> Grading:
    """Mark the submissions of an exercise: a wrong cell costs its points, and what follows from it costs nothing.

    Each submission is recalculated with its own numbers and with secret ones, so that a typed number earns nothing.
    Results are kept as they come in, and pages, marked copies and files for other programs are written beside them.

    Args:
        folder: the submissions, in it or in folders in it; or one file.
        key: the marking key of `xlcheck.exercise`, beside the workbooks that were handed out.
        results: the folder for results; by default `FOLDER-results`.
        jobs: how many processes of this machine grade; by default one a core.
        resume: keep the results that are there, and grade what is new or has changed.
        student: grade only this student's submission anew, and write only what is about it.
        copies: write a marked copy of each submission in which something is wrong.
        engine: the formula engine that recalculates.
        executor: any `concurrent.futures.Executor` that does the work instead; files are sent along, so it may be on
            other machines on which xlcheck is installed.
        cluster: the address of a Dask cluster that is running, `dask://HOST:PORT`, instead.
        progress: called as the work goes on.

    Raises:
        UsageError: the folder is not there, the options do not fit together, or results cannot be written.
        DataError: the key cannot be used, or contradicts itself.
        NothingCheckedError: there is no submission.
        MissingDependencyError: the engine, or Dask for a cluster, is not installed.
    """
    folder, key = Path(folder), Path(key)
    require_known(engine, get_args(EngineName), "formula engine")
    if executor is not None and cluster is not None:
        raise UsageError("an executor and a cluster both do the work; pass one of them")
    results = results_beside(folder) if results is None else Path(results)
    with protected_inputs(key):
        grading = grade_folder(
            folder, key, results, jobs=jobs or os.cpu_count() or 1, resume=resume, student=student, engine=engine,
            executor=executor, cluster=cluster, progress=_telling(progress, "grading"),
        )  # fmt: skip
        failed = write_results(
            grading, results, folder, copies=copies, whole=student is None, progress=_telling(progress, "writing")
        )
    return grading.noting(failed)


def results_beside(folder: Path) -> Path:
    """Where results go if nobody says where."""
    named = folder if folder.name not in ("", "..") else folder.resolve()  # `.` has no name of its own
    return named.with_name(f"{named.stem}-results")


def _telling(progress: Told | None, what: str) -> Callable[[int, int], None] | None:
    return None if progress is None else lambda done, total: progress(what, done, total)
