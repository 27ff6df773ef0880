"""What help looks like on a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from xlcheck.cli import commands
from xlcheck.cli.group import COMMANDS

WIDTH = 80


def _paths(group: click.Group, ctx: click.Context, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield before
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        if isinstance(command, click.Group):
            yield from _paths(command, ctx, (*before, name))
        else:
            yield (*before, name)


ALL = list(_paths(commands, click.Context(commands)))


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_line_fits_and_nothing_is_cut(path: tuple[str, ...]) -> None:
    """A terminal breaks longer lines in the middle of a word; an ellipsis hides what a command does."""
    shown = CliRunner().invoke(commands, [*path, "--help"], prog_name="xlcheck", terminal_width=WIDTH).output

    assert [line for line in shown.splitlines() if len(line) > WIDTH] == []
    assert "..." not in shown.replace("[ARGS]...", "").replace("FILES...", "")


def test_every_command_has_help() -> None:
    """Also those that were added last."""
    assert {path[0] for path in ALL if path} == set(COMMANDS)
