"""`xlcheck trace`: every quantity of a model's forward pass, as Keras computes it, in a file."""

from __future__ import annotations

from pathlib import Path

import click

from xlcheck.cli.options import HOUR, INPUT, OUTPUT, budgeted, quiet_option
from xlcheck.cli.status import echo, status
from xlcheck.files import require_writable
from xlcheck.model.keras_file import require_file

ENDINGS = (".json", ".npz", ".csv")


def _there(context: click.Context, parameter: click.Parameter, model: Path) -> Path:
    """Of a name that is misspelt nothing further is asked."""
    require_file(model)
    return model


@click.command("trace")
@click.argument("model", type=INPUT, metavar="MODEL.keras", callback=_there)
@click.option("--inputs", type=INPUT, required=True, help="What the model reads: .npy, .npz or .csv.")
@click.option(
    "--targets", type=INPUT, help="The right answer for each sample, for the loss that the model was compiled with."
)
@click.option("-o", "--output", type=OUTPUT, required=True, help="File to write: .json, .npz or .csv.")
@quiet_option
@budgeted(HOUR)
def command(model: Path, inputs: Path, targets: Path | None, output: Path, quiet: bool) -> int:
    """Write every gate and state of a model into a file.

    `xlcheck compare` then says where another implementation first differs from it.
    """
    require_writable(output, *ENDINGS)
    from xlcheck import api
    from xlcheck.graph.trace_file import write_trace

    with status(f"tracing {model}", show=not quiet):
        traced = api.trace(model, inputs, targets=targets)
        write_trace(traced, output)
    if not quiet:
        echo(f"{len(traced.values)} quantities from {traced.source} are in {output}", err=True)
    return 0
