"""`xlcheck fixtures`: stored numbers, written or verified."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("fixtures")
@click.argument("lessons", nargs=-1, metavar="[LESSON…]")
@click.option("--verify", is_flag=True, help="Train and trace anew, and compare with what is stored.")
@click.option("-o", "--output", type=click.Path(path_type=Path), default=Path("fixtures"), show_default=True,
              help="The folder of the fixtures.")  # fmt: skip
def command(lessons: tuple[str, ...], verify: bool, output: Path) -> int:
    """Write the regression fixtures, or verify that Keras still gives these numbers."""
    from xlcheck.chapter.recordings.names import TRAININGS
    from xlcheck.chapter.recordings.regenerate import write_fixtures
    from xlcheck.chapter.recordings.store import available_fixtures

    names = lessons or (*available_fixtures(), *TRAININGS)
    if verify:
        from xlcheck.chapter.recordings.verify import verify_fixtures

        report = verify_fixtures(names, output)
        click.echo(report.text())
        return 0 if report.ok else 1
    for path in write_fixtures(names, output):
        click.echo(path)
    return 0
