"""The commands, each imported when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from xlcheck.choices import require_known
from xlcheck.cli.configuration import defaults
from xlcheck.cli.status import say
from xlcheck.version import __version__

COMMANDS = ("list", "build", "check", "train", "generate", "fixtures", "bind", "trace", "compare", "exercise", "grade")
"""In the order in which help shows them; each is what the module of its name calls so."""


class PipeClosed(BaseException):
    """Nobody reads any more what is printed; no `BrokenPipeError`, of which the library click makes exit code 1."""


class Commands(click.Group):
    """A group whose commands stand in modules of their names, so that one of them does not wait for all."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in a sensible order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """The command of that name.

        Raises:
            UsageError: there is none.
        """
        require_known(cmd_name, COMMANDS, "command")
        command: click.Command = import_module(f"xlcheck.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that was named; its options are by default what `pyproject.toml` says.

        Raises:
            UsageError: there is none of that name, or the file says something that no command understands.
        """
        name, command, rest = super().resolve_command(ctx, args)
        if name is not None:
            found = defaults(Path.cwd(), name, _Everyone(self, ctx))
            if found is not None:
                ctx.default_map = {name: found.parameters}
                if found.tolerances:
                    say(f"{found.tolerances}, as {found.path} says")
        return name, command, rest

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Understand the arguments; `--help` and `--version` are answered here."""
        try:
            return super().make_context(*args, **kwargs)
        except BrokenPipeError as error:
            raise PipeClosed from error

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise PipeClosed from error


class _Everyone(Mapping[str, click.Command]):
    """All commands by their names, each imported when it is looked at."""

    def __init__(self, group: Commands, ctx: click.Context) -> None:
        self._group, self._ctx = group, ctx

    def __getitem__(self, name: str) -> click.Command:
        return self._group.get_command(self._ctx, name)

    def __contains__(self, name: object) -> bool:
        return name in COMMANDS

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", prog_name="xlcheck")
def commands() -> None:
    """Write Excel workbooks of neural networks in live formulas, and check every cell with Keras.

    Exit codes: 0 all agrees, 1 something disagrees, 2 wrong usage or an unreadable file, 3 nothing,
    or not everything, could be checked, 70 a defect of xlcheck, 130 interrupted.
    """
