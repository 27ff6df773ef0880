"""`xlcheck check`: recalculate workbooks and compare them with Keras."""

from __future__ import annotations

import os
from pathlib import Path

import click

from xlcheck.cli.options import INPUT, INPUTS, OUTPUT, engine_option, format_option, quiet_option
from xlcheck.cli.results import show
from xlcheck.errors import UsageError
from xlcheck.files import require_writable


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
    default=0,
    metavar="N",
    help="For a workbook made by hand: change all weights and inputs N times and compare again.",
)
@click.option("--atol", type=float, help="Absolute tolerance.  [default: what the workbook was verified with]")
@click.option("--rtol", type=float, help="Tolerance relative to each quantity's largest magnitude.")
@click.option("--all", "all_", is_flag=True, help="Show every cell that does not agree, not only the first roots.")
@click.option(
    "--annotate",
    type=OUTPUT,
    metavar="OUT.xlsx",
    help="Also write a copy in which wrong cells are red, carried ones amber, each with a note.",
)
@click.option("-o", "--output", type=OUTPUT, help="Write the result to a file instead of stdout.")
@engine_option
@format_option
@quiet_option
def command(
    files: tuple[Path, ...], model: Path | None, inputs: Path | None, bindings: Path | None, atol: float | None,
    rtol: float | None, perturb: int, all_: bool, annotate: Path | None, output: Path | None,
    engines: tuple[str, ...], format_: str, quiet: bool,
) -> int:  # fmt: skip
    """Recalculate workbooks and compare every formula cell with Keras."""
    # Threads for large products of matrices, which nobody needs here, take NumPy a third of its start.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from xlcheck import api

    if annotate is not None and len(files) > 1:
        raise UsageError("--annotate writes one marked copy; pass one workbook with it")
    if annotate is not None:
        require_writable(annotate, ".xlsx", ".xlsm")
    if output is not None:
        require_writable(output)
        if annotate is not None and annotate.resolve() == output.resolve():
            raise UsageError(f"-o and --annotate both write {output}; name two files")
    reports = [
        api.check(
            path,
            engine=engine,
            model=model,
            inputs=inputs,
            bindings=bindings,
            perturb=perturb,
            atol=atol,
            rtol=rtol,
        )
        for path in files
        for engine in engines
    ]
    if annotate is not None:
        from xlcheck.reports.annotate import annotate as write_copy

        marked = write_copy(reports[0], files[0], annotate)
        if not quiet:
            click.echo(f"{marked} cells are marked in {annotate}", err=True)
    return show(reports, format_, output, all_=all_)
