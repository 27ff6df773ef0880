"""What help looks like on a terminal of 80 columns."""

from __future__ import annotations

import io
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from xlcheck.cli import commands
from xlcheck.cli.group import COMMANDS
from xlcheck.cli.status import fitted

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


@pytest.mark.parametrize("path", [path for path in ALL if path], ids=" ".join)
def test_every_option_says_what_holds_without_it(path: tuple[str, ...]) -> None:
    """Those with a number, a word or several choices by default; a switch is off."""
    command: click.Command = commands
    for name in path:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), name)
        assert found is not None
        command = found
    options = [option for option in command.params if isinstance(option, click.Option) and not option.is_flag]
    usual = [option for option in options if isinstance(option.default, int | float | str | tuple) and option.default]
    said = {str(option.name): option.get_help_record(click.Context(command)) for option in usual}

    assert [name for name, record in said.items() if record is not None and "default" not in record[1]] == []


def test_every_command_has_help() -> None:
    """Also those that were added last."""
    assert {path[0] for path in ALL if path} == set(COMMANDS)


class Terminal(io.StringIO):
    """A stream that says that somebody looks at it."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("columns", ["40", "80"])
def test_sentences_are_broken_between_words_on_a_terminal(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No word is cut at the edge, names with hyphens stay whole, and a program that reads a pipe gets one line."""
    monkeypatch.setenv("COLUMNS", columns)
    text = "there is no lesson 'lstn'; did you mean lstm? There are " + ", ".join(["rnn-dimensions-training"] * 9)
    lines = fitted(text, Terminal(), 4).split("\n")

    assert max(map(len, lines)) <= int(columns)
    assert " ".join(line.strip() for line in lines) == text
    assert all(line.startswith("    ") for line in lines[1:])
    assert fitted(text, io.StringIO()) == text
