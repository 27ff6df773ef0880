"""`xlcheck bind`: a draft of bindings for a workbook made by hand."""

from __future__ import annotations

from pathlib import Path

import click

from xlcheck.cli.options import quiet_option
from xlcheck.errors import UsageError


@click.command("bind")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write.  [default: FILE with .toml]")
@quiet_option
def command(file: Path, output: Path | None, quiet: bool) -> int:
    """Draft a bindings file: which cells of a workbook made by hand hold what."""
    from xlcheck import api
    from xlcheck.files import write_text

    path = output or file.with_suffix(".toml")
    if path.exists():
        raise UsageError(f"{path} exists already; name another file with -o, or move it away")
    proposal = api.propose(file)
    write_text(path, proposal.text)
    if not quiet:
        click.echo(f"{path}: explains {proposal.explained} of {proposal.formula_cells} formula cells", err=True)
    return 0
