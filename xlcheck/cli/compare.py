"""`xlcheck compare`: two traces, and where they first differ."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlcheck.cli.options import HOUR, INPUT, budgeted
from xlcheck.cli.status import echo, fitted

if TYPE_CHECKING:
    from xlcheck.graph.trace import Trace


@click.command("compare")
@click.argument("actual", type=INPUT)
@click.argument("desired", type=INPUT)
@click.option("--atol", type=float, default=1e-12, show_default=True, help="Absolute tolerance.")
@click.option(
    "--rtol", type=float, default=0.0, show_default=True,
    help="Tolerance relative to each quantity's largest magnitude.",
)  # fmt: skip
@click.option("--subset", is_flag=True, help="ACTUAL may leave quantities out.")
@click.option("--equal-nan", is_flag=True, help="NaN in both agrees; by default nothing is known of it (exit code 3).")
@click.option(
    "--format", "format_", type=click.Choice(("text", "json")), default="text", show_default=True,
    help="How to print the result.",
)  # fmt: skip
@budgeted(HOUR)
def command(actual: Path, desired: Path, atol: float, rtol: float, subset: bool, equal_nan: bool, format_: str) -> int:
    """Compare two traces, and say where they first differ.

    Each is a .json, .npz or .csv file from `xlcheck trace`, from another implementation, or a fixture of xlcheck.
    """
    from xlcheck.verdicts.traces import compare

    comparison = compare(_trace(actual), _trace(desired), atol=atol, rtol=rtol, subset=subset, equal_nan=equal_nan)
    as_json = format_ == "json"
    text = json.dumps(comparison.to_json(), indent=2, allow_nan=False) if as_json else str(comparison)
    echo(text if as_json else fitted(text, sys.stdout, indent=2))
    return comparison.exit_code


def _trace(path: Path) -> Trace:
    from xlcheck.chapter.recordings.store import is_fixture, read_fixture
    from xlcheck.graph.trace_file import read_trace

    return read_fixture(path).trace if is_fixture(path) else read_trace(path)
