"""`xlcheck bind`: a draft of bindings for a workbook made by hand."""

from __future__ import annotations

from pathlib import Path

import click

from xlcheck.cli.options import HOUR, INPUT, OUTPUT, budgeted, quiet_option
from xlcheck.cli.status import echo, status
from xlcheck.errors import UsageError
from xlcheck.files import require_writable, write_text


@click.command("bind")
@click.argument("file", type=INPUT)
@click.option("-o", "--output", type=OUTPUT, help="File to write.  [default: FILE with .toml]")
@quiet_option
@budgeted(HOUR)
def command(file: Path, output: Path | None, quiet: bool) -> int:
    """Draft a file that says which cells of a workbook hold what."""
    from xlcheck import api

    path = output or file.with_suffix(".toml")
    if path.exists():
        raise UsageError(f"{path} exists already; name another file with -o, or move it away")
    require_writable(path)
    with status(f"reading {file}", show=not quiet):
        proposal = api.bind(file)
    write_text(path, proposal.text)
    if not proposal.networks:
        if not quiet:
            echo(f"{path}: no network was recognised; it lists the blocks of {file} to be filled in", err=True)
        return 3
    if not quiet:
        echo(f"{path}: explains {proposal.explained} of {proposal.formula_cells} formula cells", err=True)
    return 0
