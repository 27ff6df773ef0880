"""`xlcheck list`: the lessons."""

from __future__ import annotations

import sys

import click

from xlcheck.cli.status import fitted


@click.command("list")
def command() -> None:
    """Show the lessons, one line each."""
    from xlcheck.chapter.lessons.catalogue import ALL_LESSONS

    width = max(len(name) for name in ALL_LESSONS)
    for lesson in ALL_LESSONS.values():
        line = f"{lesson.name:<{width}}  {lesson.texts.story.title}"
        click.echo(fitted(line, sys.stdout, width + 2))
