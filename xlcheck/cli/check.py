"""`xlcheck check`: recalculate workbooks and compare them with Keras."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlcheck.budget import budget as time_limit, positive
from xlcheck.choices import EngineName
from xlcheck.cli.checking import Task, check, outcomes, passed_over, workbooks
from xlcheck.cli.options import INPUT, INPUTS, OUTPUT, budget_option, engine_option, format_option, quiet_option
from xlcheck.cli.results import show
from xlcheck.cli.status import echo, status
from xlcheck.errors import UsageError
from xlcheck.files import require_writable
from xlcheck.verdicts.findings import Refusal
from xlcheck.verdicts.messages import first_of

if TYPE_CHECKING:
    from xlcheck.cli.watch import Changes
    from xlcheck.verdicts.report import CheckReport


@click.command("check")
@click.argument("files", nargs=-1, required=True, type=INPUTS)
@click.option(
    "--model",
    type=INPUT,
    help="A .keras file: compute the truth with it now, and compare the weights in the workbook with its own.",
)
@click.option(
    "--inputs",
    type=INPUT,
    help="What the workbook must have as inputs (.npy, .npz or .csv); for one made by hand, together with --model.",
)
@click.option(
    "--bind",
    "bindings",
    type=INPUT,
    metavar="FILE.toml",
    help="Which cells hold what, for a workbook that xlcheck has not made.",
)
@click.option(
    "--perturb",
    type=click.IntRange(0),
    metavar="N",
    help="Change all weights and inputs N times and compare again.  [default: once where that is quick]",
)
@click.option(
    "--effort",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="Processor time for finding out what a workbook computes that nobody has described.  "
    "[default: 10, more for a very large one]",
)
@click.option(
    "--as-built", is_flag=True, help="Of a workbook made by xlcheck: inputs and weights that were changed are mistakes."
)
@click.option(
    "--strict", is_flag=True, help="Of a workbook made by xlcheck: other words, numbers or names are mistakes, too."
)
@click.option(
    "--verify-key", type=INPUT, metavar="KEYFILE", help="The key that the workbook must be signed with (build --sign)."
)
@click.option("--atol", type=float, help="Absolute tolerance.  [default: what the workbook was verified with]")
@click.option("--rtol", type=float, help="Tolerance relative to each quantity's largest magnitude.")
@click.option("--all", "all_", is_flag=True, help="Show every cell that does not agree, not only the first roots.")
@click.option(
    "--annotate",
    type=OUTPUT,
    metavar="OUT.xlsx",
    help="Also write a copy in which wrong cells are framed and red, carried ones amber, each with a note.",
)
@click.option("-o", "--output", type=OUTPUT, help="Write the result to a file instead of stdout.")
@engine_option
@format_option
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    metavar="N",
    help="How many workbooks to check at a time.",
)
@budget_option
@click.option("--watch", is_flag=True, help="Check again each time a workbook is saved, until Ctrl-C.")
@quiet_option
def command(
    files: tuple[Path, ...], model: Path | None, inputs: Path | None, bindings: Path | None, atol: float | None,
    rtol: float | None, perturb: int | None, effort: float | None, as_built: bool, strict: bool,
    verify_key: Path | None, all_: bool, annotate: Path | None, output: Path | None, engines: tuple[EngineName, ...],
    format_: str, jobs: int, budget: float | None, watch: bool, quiet: bool,
) -> int:  # fmt: skip
    """Recalculate workbooks and compare every formula cell with Keras.

    FILES are workbooks, folders of them, or patterns such as 'results/*.xlsx'. Of several results the exit code is
    the worst: 70, 1, 2, 3, 0 in this order.
    """
    # Threads for large products of matrices, which nobody needs here, take NumPy a third of its start.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    paths = workbooks(files)
    if not quiet and (others := passed_over(files)):
        echo(f"not checked, since they are no .xlsx workbooks: {first_of(others)}", err=True)
    if annotate is not None:
        if len(paths) > 1:
            raise UsageError("--annotate writes one marked copy; pass one workbook with it")
        require_writable(annotate, ".xlsx", ".xlsm")
    if output is not None:
        require_writable(output)
        if annotate is not None and annotate.resolve() == output.resolve():
            raise UsageError(f"-o and --annotate both write {output}; name two files")
    if watch and output is None and format_ != "text":
        raise UsageError(f"--watch prints one result after the other, so --format {format_} needs a file; add -o FILE")
    options = {
        "model": model, "inputs": inputs, "bindings": bindings, "perturb": perturb, "effort": effort, "atol": atol,
        "rtol": rtol, "as_built": as_built, "strict": strict, "verify_key": verify_key,
    }  # fmt: skip

    def once(paths: Sequence[Path], watcher: Changes | None = None) -> int:
        tasks = [Task(path, engine, options, budget) for path in paths for engine in engines]
        with time_limit(math.inf if budget is None else positive(budget)):
            found: Iterable[CheckReport | Refusal]
            if len(tasks) == 1 and format_ == "text" and watcher is None:
                with status(f"checking {paths[0]}", show=not quiet):
                    found = [check(tasks[0])]
            else:
                found = outcomes(tasks, jobs, show_status=not quiet)
            if annotate is not None:
                found = [*found]
                _annotate(found[0], paths[0], annotate, quiet=quiet)
            if watcher is not None:
                found = watcher.following(found)
            return show(found, format_, output, engines=len(engines), all_=all_)

    if not watch:
        return once(paths)

    def find() -> list[Path]:
        """Not the marked copy, which is written anew each time."""
        marked = None if annotate is None else annotate.resolve()
        return [path for path in workbooks(files, none_is_fine=True) if path.resolve() != marked]

    return _watch(find, once, quiet=quiet)


def _watch(find: Callable[[], list[Path]], once: Callable[[Sequence[Path], Changes], int], *, quiet: bool) -> int:
    """Check whenever something was saved; only an interrupt ends it."""
    from xlcheck.cli.watch import Changes, saved

    watcher = Changes()
    for paths in saved(find):
        once(paths, watcher)
        if not quiet:
            for sentence in watcher.said():
                echo(sentence, err=True)
            click.echo(f"\n{datetime.now():%H:%M:%S}, waiting for the next save; Ctrl-C ends\n", err=True)
    raise AssertionError("watching never ends by itself")


def _annotate(report: CheckReport | Refusal, source: Path, target: Path, *, quiet: bool) -> None:
    if isinstance(report, Refusal):
        return
    from xlcheck.reports.annotate import annotate

    marked = annotate(report, source, target)
    if not quiet:
        cells = {0: "no cell is", 1: "1 cell is"}.get(marked, f"{marked} cells are")
        echo(f"{cells} marked in {target}", err=True)
