"""The commands, each imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from xlcheck import __version__
from xlcheck.choices import require_known

COMMANDS = ("list", "build", "check", "train", "generate", "fixtures", "bind", "trace", "compare")
"""In the order in which help shows them; each is what the module of its name calls so."""


class PipeClosed(BaseException):
    """Nobody reads any more what is printed; no `BrokenPipeError`, of which the library click makes exit code 1."""


class Commands(click.Group):
    """A group whose commands stand in modules of their names, so that one of them does not wait for all."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in a sensible order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name.

        Raises:
            UsageError: there is none.
        """
        require_known(cmd_name, COMMANDS, "command")
        command: click.Command = import_module(f"xlcheck.cli.{cmd_name}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise PipeClosed from error


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", prog_name="xlcheck")
def commands() -> None:
    """Write Excel workbooks of neural networks in live formulas, and check every cell with Keras.

    Exit codes: 0 all agrees, 1 something disagrees, 2 wrong usage or an unreadable file, 3 nothing,
    or not everything, could be checked, 70 a defect of xlcheck, 130 interrupted.
    """
