"""How a command runs and ends: every expected error is one sentence on stderr and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from xlcheck.cli.group import commands
from xlcheck.errors import UsageError, XlcheckError
from xlcheck.files import protected_inputs

_INTERRUPTED = 130


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code; an expected error is printed as one sentence."""
    try:
        with protected_inputs():
            code = commands.main(args=list(arguments), prog_name="xlcheck", standalone_mode=False)
        sys.stdout.flush()
        return int(code or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except XlcheckError as error:
        click.echo(f"xlcheck: {error}", err=True)
        return error.exit_code
    except OSError as error:
        if error.filename is None:  # stdout; what is left of the result would fail again at the end
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
        if not isinstance(error, BrokenPipeError):  # who closes a pipe has read enough
            what = f"{error.filename} cannot be used" if error.filename else "the result cannot be written"
            click.echo(f"xlcheck: {what}: {error.strerror or error}", err=True)
        return UsageError.exit_code
    except BaseException as error:
        if not _is_interrupt(error):
            raise
        click.echo("xlcheck: interrupted; nothing was left half-written", err=True)
        return _INTERRUPTED


def _is_interrupt(error: BaseException | None) -> bool:
    """Whether somebody pressed Ctrl-C; in compiled code, as of TensorFlow, that becomes the cause of an error."""
    while error is not None and not isinstance(error, click.Abort | KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None
