"""`xlcheck fixtures`: stored numbers, written or verified."""

from __future__ import annotations

from pathlib import Path

import click

from xlcheck.cli.options import OUTPUT, budgeted, complete_lessons
from xlcheck.cli.status import status


@click.command("fixtures")
@click.argument("lessons", nargs=-1, metavar="[LESSON…]", shell_complete=complete_lessons)
@click.option("--verify", is_flag=True, help="Train and trace anew, and compare with what is stored.")
@click.option("-o", "--output", type=OUTPUT, default=Path("fixtures"), show_default=True,
              help="The folder of the fixtures.")  # fmt: skip
@budgeted(None)
def command(lessons: tuple[str, ...], verify: bool, output: Path) -> int:
    """Write the stored numbers, or verify that Keras still gives them."""
    from xlcheck.chapter.recordings.names import TRAININGS
    from xlcheck.chapter.recordings.regenerate import write_fixtures
    from xlcheck.chapter.recordings.store import available_fixtures

    names = lessons or (*available_fixtures(), *TRAININGS)
    if verify:
        from xlcheck.chapter.recordings.regenerate import verify_fixtures

        with status(f"asking Keras anew: {', '.join(names)}"):
            report = verify_fixtures(names, output)
        click.echo(report.text())
        return 0 if report.ok else 1
    with status("recording Keras"):
        written = write_fixtures(names, output)
    for path in written:
        click.echo(path)
    return 0
